using ChaosBench.Server;
using ChaosBench.Server.Models;
using ChaosBench.Server.Tokenization;

namespace ChaosBench.Tests.Server.Tokenization;

public class ChatTemplateTests
{
    private static readonly Dictionary<string, string> Specials = new() { ["bos_token"] = "<s>", ["eos_token"] = "</s>" };

    private static readonly ChatTurn[] Conversation = [new("system", " Be short. "), new("user", "Hi"), new("assistant", "Yes"), new("user", "Bye")];

    public static TheoryData<string, string> Templates() => new()
    {
        { "{{ bos_token }}{% for m in messages %}[{{ m['role'] }}]{{ m.content }}{% endfor %}", "<s>[system] Be short. [user]Hi[assistant]Yes[user]Bye" },
        { "{% for m in messages %}{% if m['role'] == 'user' %}U{% elif m.role == \"assistant\" %}A{% else %}S{% endif %}{% endfor %}", "SUAU" },
        { "{% for m in messages %}{{ loop.index }}{% if loop.first %}<{% endif %}{% if not loop.last %},{% endif %}{% endfor %}", "1<,2,3,4" },
        { "{% for m in messages %}{{ m['content'] | trim + '|' }}{% endfor %}", "Be short.|Hi|Yes|Bye|" },
        { "{% if add_generation_prompt %}{{ '<a>' }}{% endif %}", "<a>" },
        { "{{ messages[0]['content'].strip() }}{{ messages[-1].content }}", "Be short.Bye" },
        { "{% for m in messages[1:] %}{{ m.role[:1] }}{% endfor %}", "uau" },
        { "{% if messages[0].role == 'system' %}{% set s = messages[0].content %}{% else %}{% set s = '' %}{% endif %}{{ s|trim }}", "Be short." },
        { "{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}", "4" },
        { "{% set x = 1 %}{% for m in messages %}{% set x = 2 %}{% endfor %}{{ x }}", "1" },
        { "{{ 'a' if messages|length > 3 and not tools else 'b' }}", "a" },
        { "{{ tools is defined }} {{ messages is defined }} {{ none is none }}", "False True True" },
        { "{{ 'Hi' in messages[1].content }}{{ 'x' not in 'abc' }}", "TrueTrue" },
        { "a\n{%- if true %}\n  b  \n{%- endif %}\nc", "a  bc" },
        { "  {% if true %}\nx\n  {% endif %}\ny\n", "x\ny" },
        { "{# a comment #}x{#- more -#}  y", "xy" },
        { "{{ 7 % 4 }}{{ 2 + 3 * 4 }}{{ (2 + 3) * 4 }}{{ 7 // 2 }}{{ -1 }}", "314203-1" },
        { "{{ 'it\\'s' ~ 1 }}{{ \"\\n\" }}", "it's1\n" },
        { "{% if false %}{{ tools | tojson }}{{ strftime_now('%d') }}{% endif %}ok", "ok" },
    };

    [Theory]
    [MemberData(nameof(Templates))]
    public void Render_Template_IsWhatJinjaWrites(string template, string expected) =>
        Assert.Equal(expected, Parse(template).Render(Conversation).ToString());

    [Fact]
    public void Render_Contents_AreNotTrustedThroughConcatAndTrim()
    {
        var template = Parse("{{ '<s>' + messages[0].content|trim + '</s>' }}{% set c = messages[0]['content'] %}{{ c }}{{ c|upper }}{{ c[1:3] }}");
        var text = template.Render([new ChatTurn("user", " evil ")]);
        Assert.Equal("<s>evil</s> evil  EVIL ev", text.ToString());
        Assert.Equal([(0, 3), (7, 11)], text.Trusted());
    }

    [Fact]
    public void Render_UnusualRole_IsNotTrusted()
    {
        var template = Parse("{{ '<|' + messages[0].role + '|>' }}");
        Assert.Equal([(0, 8)], template.Render([new ChatTurn("user", "")]).Trusted());
        Assert.Equal([(0, 2), (5, 7)], template.Render([new ChatTurn("end", "")]).Trusted());
    }

    [Theory]
    [InlineData("{% macro f() %}{% endmacro %}", "line 1: the statement 'macro' is not supported")]
    [InlineData("a\n{% if x %}", "line 2: expected OpenStatement")]
    [InlineData("{% endif %}", "line 1: 'endif' closes or continues nothing")]
    [InlineData("{{ 'x }}", "line 1: a string is not closed")]
    [InlineData("{{ x", "line 1: a block is not closed")]
    [InlineData("{# x", "line 1: a comment is not closed")]
    [InlineData("{{ 1 + }}", "line 1: '' is not expected here")]
    [InlineData("{{ a ? b }}", "line 1: '?' is not expected here")]
    public void Parse_Malformed_SaysWhereAndWhat(string template, string expected)
    {
        var error = Assert.Throws<ModelLoadException>(() => Parse(template));
        Assert.StartsWith("t.json: " + expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("[")]
    [InlineData("not ")]
    [InlineData("- ")]
    [InlineData("a if b else ")]
    public void Parse_EndlessNesting_IsAnErrorAndNoStackOverflow(string opening)
    {
        var template = "{{ " + string.Concat(Enumerable.Repeat(opening, 20_000)) + " }}";
        Assert.Contains("nested deeper", Assert.Throws<ModelLoadException>(() => Parse(template)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ raise_exception('roles must alternate') }}", "the chat template refuses the messages: roles must alternate")]
    [InlineData("{{ messages | tojson }}", "the chat template applies 'tojson' to a list")]
    [InlineData("{{ frobnicate(1) }}", "the chat template calls 'frobnicate'")]
    [InlineData("{{ messages is weird }}", "the chat template uses the test 'weird'")]
    [InlineData("{{ messages }}", "the chat template writes a list or an object")]
    [InlineData("{{ 'a' + 1 }}", "the chat template applies '+' to a text and a number")]
    [InlineData("{{ x.y.z }}", "the chat template looks into something that is not defined")]
    public void Render_Unsupported_NamesIt(string template, string expected)
    {
        var error = Assert.Throws<ChatTemplateException>(() => Parse(template).Render(Conversation));
        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_ExplodingLoops_IsBounded()
    {
        var loops = string.Concat(Enumerable.Range(0, 12).Select(i => $"{{% for m{i} in messages %}}")) + string.Concat(Enumerable.Repeat("{% endfor %}", 12));
        var error = Assert.Throws<ChatTemplateException>(() => Parse(loops).Render(Conversation));
        Assert.Contains("steps", error.Message, StringComparison.Ordinal);
    }

    private static ChatTemplate Parse(string template) => ChatTemplate.Parse("t.json", template, Specials);
}
