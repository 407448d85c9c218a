using System.Text;
using System.Text.Json;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Prompts.Mutators;

namespace ChaosBench.Tests.Scenarios.Prompts;

public sealed class MutatorTests
{
    private static readonly Sampling Sampling = new(0.7, 48, true, 7);
    private static readonly string[] Texts =
    [
        "", " ", "x", "42", "My invoice 4711 is wrong, please help me with order A-123.", "😀", "\uD83D", "\0\u001b[2J",
        "日本語の文章", "say \"hi\" \\ and } , {\"max_tokens\":1}", "ALL CAPS ONLY", "\uFFFD\uFFFD", "{0} {1} %s ${HOME}",
    ];

    public static TheoryData<string> Names => [.. MutatorCatalogue.All.Select(mutator => mutator.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Apply_AnyText_ChangesItTheSameWayEachTime(string name)
    {
        var mutator = MutatorCatalogue.Get(name);
        foreach (var text in Texts)
        {
            for (var seed = 0UL; seed < 40; seed++)
            {
                var once = MutatorCatalogue.Apply(mutator, Prompt(text), Sampling, seed);
                var again = MutatorCatalogue.Apply(mutator, Prompt(text), Sampling, seed);

                Assert.Equal(PromptHash.Sha256(once), PromptHash.Sha256(again));
                Assert.NotEqual(Wire(Prompt(text)), Wire(once));
                Assert.Equal(mutator.MakesBody, once.RawBody is not null);
                Assert.Equal(mutator.KeepsMeaning ? "answer" : null, once.Expected);
                Assert.Equal("Be brief.", once.Messages[0].Content);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Apply_OtherSeeds_GiveOtherDamage(string name)
    {
        var damaged = Enumerable.Range(0, 30)
            .Select(seed => PromptHash.Sha256(MutatorCatalogue.Apply(MutatorCatalogue.Get(name), Prompt(Texts[4]), Sampling, (ulong)seed)))
            .Distinct();

        Assert.InRange(damaged.Count(), 8, 30);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Apply_LargePrompt_StaysBounded(string name)
    {
        var text = string.Concat(Enumerable.Repeat("please help with the order ", 40_000));

        var damaged = MutatorCatalogue.Apply(MutatorCatalogue.Get(name), Prompt(text), Sampling, 1);

        Assert.InRange(Wire(damaged).Length, 0, (6 * text.Length) + 300_000);
    }

    /// <summary>Text damage is a valid request: JSON that parses, in valid UTF-8, whatever the text holds.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Apply_TextMutator_WireIsValidJson(string name)
    {
        var mutator = MutatorCatalogue.Get(name);
        if (mutator.MakesBody)
        {
            return;
        }

        foreach (var text in Texts)
        {
            var damaged = MutatorCatalogue.Apply(mutator, Prompt(text), Sampling, 3);
            using var document = JsonDocument.Parse(StrictText(Wire(damaged)));
            var content = document.RootElement.GetProperty("messages")[1].GetProperty("content");
            Assert.Equal(damaged.Messages[1].Content, JsonText.ReadString(content.GetRawText()));
        }
    }

    [Fact]
    public void TruncatedUtf8_AnySeed_IsNoUtf8()
    {
        for (var seed = 0UL; seed < 100; seed++)
        {
            var body = MutatorCatalogue.Apply(MutatorCatalogue.Get("truncated-utf8"), Prompt(Texts[4]), Sampling, seed).RawBody!.Value;

            Assert.Throws<DecoderFallbackException>(() => StrictText(body.ToArray()));
        }
    }

    [Theory]
    [InlineData("trailing-comma", false)]
    [InlineData("unclosed", false)]
    [InlineData("empty", false)]
    [InlineData("comment", false)]
    [InlineData("single-quotes", false)]
    [InlineData("not-json", false)]
    [InlineData("nan", false)]
    [InlineData("raw-newline", false)]
    [InlineData("deep-nesting", false)]
    [InlineData("bom", true)]
    [InlineData("duplicate-keys", true)]
    [InlineData("huge-number", true)]
    [InlineData("infinity", true)]
    [InlineData("negative-tokens", true)]
    [InlineData("wrong-type", true)]
    [InlineData("messages-text", true)]
    [InlineData("messages-null", true)]
    [InlineData("missing-messages", true)]
    [InlineData("lone-value", true)]
    public void Malformed_Variant_IsJsonOrNot(string variant, bool isJson)
    {
        foreach (var text in Texts)
        {
            var with = new Dictionary<string, string> { ["variant"] = variant };
            var body = MutatorCatalogue.Apply(MutatorCatalogue.Get("malformed"), Prompt(text), Sampling, 5, with).RawBody!.Value.Span;
            body = body.StartsWith("\uFEFF"u8) ? body[3..] : body;

            Assert.Equal(isJson, Parses(body.ToArray()));
        }
    }

    [Theory]
    [InlineData("null-bytes", "count", "0")]
    [InlineData("null-bytes", "count", "many")]
    [InlineData("null-bytes", "position", "top")]
    [InlineData("typos", "fraction", "1.5")]
    [InlineData("malformed", "variant", "nonsense")]
    [InlineData("flooding", "characters", "999999999")]
    public void Apply_ParameterOutOfRange_Throws(string name, string parameter, string value)
    {
        var with = new Dictionary<string, string> { [parameter] = value };

        var problem = Assert.Throws<PromptException>(() => MutatorCatalogue.Apply(MutatorCatalogue.Get(name), Prompt("hello"), Sampling, 1, with));

        Assert.Contains("with." + parameter, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Typos_NumbersAndNames_AreLeftAlone()
    {
        const string Text = "Ildroga ordered 4711 from https://example.com on 2026-05-03 as F-11834";
        var with = new Dictionary<string, string> { ["fraction"] = "1" };

        var damaged = MutatorCatalogue.Apply(MutatorCatalogue.Get("typos"), Prompt(Text), Sampling, 1, with).Messages[1].Content.Split(' ');

        Assert.Equal(["Ildroga", "4711", "https://example.com", "2026-05-03", "F-11834"], new[] { 0, 2, 4, 6, 8 }.Select(at => damaged[at]));
        Assert.NotEqual("ordered", damaged[1]);
    }

    [Fact]
    public void Homoglyph_WholeText_LooksTheSameAndIsNot()
    {
        var with = new Dictionary<string, string> { ["fraction"] = "1" };

        Assert.Equal("рlеаѕе", MutatorCatalogue.Apply(MutatorCatalogue.Get("homoglyph"), Prompt("please"), Sampling, 1, with).Messages[1].Content);
    }

    [Fact]
    public void Mojibake_WholeText_ReadsAsLatin1()
    {
        var with = new Dictionary<string, string> { ["fraction"] = "1" };

        Assert.Equal("CafÃ©", MutatorCatalogue.Apply(MutatorCatalogue.Get("mojibake"), Prompt("Café"), Sampling, 1, with).Messages[1].Content.Replace("Ã\u00A0", "a", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("unicode", "mojibake,homoglyph,surrogates")]
    [InlineData("control", "null-bytes,control")]
    [InlineData("confusables", "homoglyph")]
    [InlineData("malformed", "malformed")]
    [InlineData("token-flood", "flooding")]
    [InlineData("nonsense", "")]
    public void Resolve_Name_GivesMutators(string name, string expected) =>
        Assert.Equal(expected, string.Join(',', MutatorCatalogue.Resolve(name).Select(mutator => mutator.Name)));

    [Fact]
    public void Names_AllOfThem_Resolve()
    {
        Assert.All(MutatorCatalogue.Names, name => Assert.NotEmpty(MutatorCatalogue.Resolve(name)));
        Assert.Superset(
            new HashSet<string> { "unicode", "zero-width", "bidi", "control", "flooding", "repetition", "truncated-utf8", "malformed", "injection", "typos", "case-space" },
            MutatorCatalogue.Names.ToHashSet());
        Assert.All(MutatorCatalogue.All, mutator => Assert.True(mutator.MakesBody ^ mutator.Text is not null));
    }

    private static PlannedPrompt Prompt(string text) =>
        new("id", [new ChatMessage("system", "Be brief."), new ChatMessage("user", text)], null, "answer");

    private static byte[] Wire(PlannedPrompt prompt) => prompt.RawBody?.ToArray() ?? RawBodies.Sound(prompt.Messages, Sampling);

    private static string StrictText(byte[] bytes) => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes);

    private static bool Parses(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
