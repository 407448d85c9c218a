using ChaosBench.Reports.Judging;

namespace ChaosBench.Tests.Reports.Judging;

public sealed class WordingTests
{
    [Theory]
    [InlineData(0, "0 %")]
    [InlineData(1e-9, "< 0.01 %")]
    [InlineData(0.00005, "0.01 %")]
    [InlineData(0.372, "37.2 %")]
    [InlineData(0.9995, "99.95 %")]
    [InlineData(0.999999, "> 99.99 %")]
    [InlineData(1, "100 %")]
    public void Percent_NearTheEnds_IsNeverShownAsTheEnd(double share, string text) => Assert.Equal(text, Wording.Percent(share));

    [Theory]
    [InlineData(0.0100004, "just over 10 ms")]
    [InlineData(0.012, "12 ms")]
    public void Over_ValueBeyondItsLimit_IsToldApart(double seconds, string text) => Assert.Equal(text, Wording.Over(seconds, 0.010));

    [Fact]
    public void Quantity_ChangeTooSmallToSee_StaysSigned() => Assert.Equal("+0 %", Wording.Quantity(1e-9, "relative"));
}
