using ChaosBench.Reports.Statistics;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Statistics;

public sealed class WaldSprtTests
{
    private static readonly WaldSprt Test = new(0.025, 0.05);

    [Theory]
    [InlineData(0, 113, SprtDecision.Continue)]
    [InlineData(0, 114, SprtDecision.AtMostP0)]
    [InlineData(5, 5, SprtDecision.AtLeastP1)]
    [InlineData(4, 4, SprtDecision.Continue)]
    [InlineData(0, 0, SprtDecision.Continue)]
    public void Decide_KnownStates_AsByHand(long hits, long tries, SprtDecision expected) => Assert.Equal(expected, Test.Decide(hits, tries));

    [Fact]
    public void ShortestAcceptance_OneFewer_IsNotEnough()
    {
        Assert.Equal(114, Test.ShortestAcceptance);
        Assert.Equal(SprtDecision.AtMostP0, Test.Decide(0, Test.ShortestAcceptance));
        Assert.Equal(SprtDecision.Continue, Test.Decide(0, Test.ShortestAcceptance - 1));
    }

    [Theory]
    [InlineData(0.05, SprtDecision.AtMostP0)]
    [InlineData(0.025, SprtDecision.AtLeastP1)]
    public void Decide_TrueShareAtABoundary_IsWrongAboutAsSeldomAsAsked(double share, SprtDecision wrong)
    {
        var random = new SplitMix64(11);
        var errors = Enumerable.Range(0, 2000).Count(_ => Outcome(random, share) == wrong);
        Assert.InRange(errors / 2000.0, 0.01, 0.065);
    }

    [Theory]
    [InlineData(0, 0.05)]
    [InlineData(0.05, 0.05)]
    [InlineData(0.1, 0.05)]
    [InlineData(0.05, 1)]
    public void Create_SharesOutOfOrder_IsRefused(double p0, double p1) => Assert.Throws<ArgumentOutOfRangeException>(() => new WaldSprt(p0, p1));

    private static SprtDecision Outcome(SplitMix64 random, double share)
    {
        var hits = 0L;
        for (var tries = 1L; ; tries++)
        {
            hits += random.NextDouble() < share ? 1 : 0;
            if (Test.Decide(hits, tries) is not SprtDecision.Continue and var decision)
            {
                return decision;
            }
        }
    }
}
