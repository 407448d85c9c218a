using ChaosBench.Reports.Content;

namespace ChaosBench.Tests.Reports.Content;

public class RedactionRulesTests
{
    [Theory]
    [InlineData("write to ada.l+x@example.co.uk now", "write to [e-mail] now")]
    [InlineData("grüße@bücher.example", "[e-mail]")]
    [InlineData("call +49 30 1234-5678 or (030) 555-0199", "call [phone] or [phone]")]
    [InlineData("call (415) 555-2671 or 415-555-2671", "call [phone] or [phone]")]
    [InlineData("card 4111 1111 1111 1111 ok", "card [card] ok")]
    [InlineData("order 4111 1111 1111 1112 ok", "order 4111 1111 1111 1112 ok")]
    [InlineData("sk-abcdefghijklmnop1234", "[key]")]
    [InlineData("ghp_0123456789abcdef0123456789abcdef0123", "[key]")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "[key]")]
    [InlineData("Authorization: Bearer abcdef0123456789abcdef", "Authorization: [key]")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abc", "[key]")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----\nrest", "[key]\nrest")]
    [InlineData("order 1234 at 12:30, 3 items, 19.99 EUR on 2026-11-21", "order 1234 at 12:30, 3 items, 19.99 EUR on 2026-11-21")]
    public void Default_Text_LosesWhatIsPrivateAndNothingElse(string text, string expected) =>
        Assert.Equal(expected, Apply(RedactionRules.Default, text));

    [Fact]
    public void Parse_NamesAndPatterns_GoWithTheDefaults()
    {
        var rules = RedactionRules.Parse("# people\nAda Lovelace\n\n/ORD-[0-9]{4}/\nO'Neil (jr.)\n", "names.txt");

        Assert.Equal(
            "[name] sent [redacted] to [e-mail]; [name] too, Adamant did not",
            Apply(rules, "ADA lovelace sent ORD-1234 to a@b.org; O'Neil (jr.) too, Adamant did not"));
    }

    [Theory]
    [InlineData("/([a-z]+)\\1/", "names.txt:1: this pattern cannot be used")]
    [InlineData("ok\n/[/", "names.txt:2: this pattern cannot be used")]
    public void Parse_PatternThatCannotBe_IsRefusedWithItsLine(string text, string expected) =>
        Assert.StartsWith(expected, Assert.Throws<FormatException>(() => RedactionRules.Parse(text, "names.txt")).Message, StringComparison.Ordinal);

    [Fact]
    public void With_SecretsOfTheRun_TakesTheVeryValuesOut() => Assert.Equal(
        "said [key] and [key]; ab stays", Apply(RedactionRules.Default.With(["hunter2", "hunter2-long", "ab"]), "said hunter2-long and hunter2; ab stays"));

    /// <summary>A pattern that backtracks needs minutes for these; linear ones are not noticed. The test's own limit is the assertion.</summary>
    [Theory(Timeout = 60_000)]
    [InlineData("a@", 200_000)]
    [InlineData("1 ", 200_000)]
    [InlineData("+1(", 100_000)]
    [InlineData("-----BEGIN ", 50_000)]
    public Task Default_HostileText_IsReadInLinearTime(string piece, int times) =>
        Task.Run(() => Assert.NotNull(Apply(RedactionRules.Default, string.Concat(Enumerable.Repeat(piece, times)))));

    private static string Apply(RedactionRules rules, string text) => rules.Rules.Aggregate(text, (left, rule) => rule.Apply(left));
}
