using ChaosBench.Reports.Html;

namespace ChaosBench.Tests.Reports.Html;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("plain text, é, 日本語, עברית, 👍", "plain text, é, 日本語, עברית, 👍")]
    [InlineData("\u202Egnp.exe", "⟨U+202E⟩gnp.exe")]
    [InlineData("a\u200Bb\0c\u001b[31m\n", "a⟨U+200B⟩b⟨U+0000⟩c⟨U+001B⟩[31m⟨U+000A⟩")]
    [InlineData("\u2028\u2029\ufeff", "⟨U+2028⟩⟨U+2029⟩⟨U+FEFF⟩")]
    [InlineData("tag \U000E0041", "tag ⟨U+E0041⟩")]
    [InlineData("e\u0301 Z\u0351\u036b\u0343\u036a\u0302\u036b!", "e\u0301 Z\u0351\u036b\u0343\u036a⟨2 more marks⟩!")]
    public void Visible_Text_ShowsWhatCannotBeSeen(string text, string expected) => Assert.Equal(expected, SafeText.Visible(text));

    // Lone surrogates do not survive the attribute of a theory.
    [Fact]
    public void Visible_LoneSurrogates_AreWrittenOut() => Assert.Equal("a⟨U+D800⟩b⟨U+DC00⟩", SafeText.Visible("a\uD800b\uDC00"));

    [Fact]
    public void Visible_TooLong_IsCutBetweenCharactersAndSaysSo() =>
        Assert.Equal("ab… (4 more characters)", SafeText.Visible("ab👍👍", 3));

    [Fact]
    public void Encode_Hostile_LeavesNoMarkup() => Assert.All(HostileText.Each(), text =>
        Assert.DoesNotContain(SafeText.Encode(text), letter => letter is '<' or '>' or '"' or '\'' or '`'));

    [Fact]
    public void Of_Holes_AreEncodedByTheirType()
    {
        var inner = Markup.Of($"<b>{"<i>"}</b>");

        Assert.Equal("<p title=\"&lt;&quot;\"><b>&lt;i&gt;</b>7 0.5</p>", Markup.Of($"<p title=\"{"<\""}\">{inner}{7} {0.5}</p>").ToString());
    }
}
