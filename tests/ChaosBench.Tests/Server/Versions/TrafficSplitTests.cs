using ChaosBench.Server.Versions;

namespace ChaosBench.Tests.Server.Versions;

public sealed class TrafficSplitTests
{
    [Theory]
    [InlineData("95/5", 95, 5, "95/5")]
    [InlineData(" 100/0\r\n", 100, 0, "100/0")]
    [InlineData("0/100", 0, 100, "0/100")]
    [InlineData("99.5/0.5", 99.5, 0.5, "99.5/0.5")]
    [InlineData("33.3333/66.6667", 33.3333, 66.6667, "33.3333/66.6667")]
    [InlineData("95.00/05", 95, 5, "95/5")]
    public void Parse_Percentages_AreRead(string text, decimal stable, decimal canary, string written)
    {
        var split = TrafficSplit.Parse(text)!;

        Assert.Equal((stable, canary, written), (split.Stable, split.Canary, split.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("95")]
    [InlineData("95/")]
    [InlineData("95/6")]
    [InlineData("-5/105")]
    [InlineData("95%/5%")]
    [InlineData("95/5/0")]
    [InlineData("9,5/90,5")]
    [InlineData("1e2/0")]
    [InlineData("NaN/5")]
    [InlineData("99.99999/0.00001")]
    [InlineData("\u0669\u0665/\u0665")]
    [InlineData("95/5\0")]
    public void Parse_AnythingElse_IsNull(string text) => Assert.Null(TrafficSplit.Parse(text));

    [Theory]
    [InlineData("95/5")]
    [InlineData("100/0")]
    [InlineData("0/100")]
    [InlineData("99.25/0.75")]
    public void Parse_ABeginning_IsNeverAnotherSplit(string text) =>
        Assert.All(Enumerable.Range(0, text.Length), length => Assert.Null(TrafficSplit.Parse(text[..length])));
}
