using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Shares;

namespace ChaosBench.Tests.Reports.Statistics.Shares;

public sealed class ShareTests
{
    [Fact]
    public void Of_HostileCounts_SayWhy()
    {
        Hostile.Lacks(LackKind.NotEnough, ExactIntervals.ClopperPearson(0, 0));
        Hostile.Lacks(LackKind.NotDefined, ExactIntervals.Jeffreys(3, 2));
        Hostile.Lacks(LackKind.NotEnough, Newcombe.Independent(0, 0, 1, 2));
        Hostile.Lacks(LackKind.NotEnough, Newcombe.Paired(0, 0, 0, 0));
        Hostile.Lacks(LackKind.NotDefined, Newcombe.Paired(1, -1, 0, 0));
        Hostile.Lacks(LackKind.NotEnough, McNemar.Of(0, 0));
        Hostile.Lacks(LackKind.NotDefined, McNemar.Of(-1, 2));
        Hostile.Lacks(LackKind.NotDefined, DetectorCorrection.Apply(0.5, 0.5, 0.5));
        Hostile.Lacks(LackKind.NotDefined, DetectorCorrection.Apply(double.NaN, 0.9, 0.9));
        Hostile.Lacks(LackKind.NotEnough, Counterfactual.Of(0, 0, 0));
        Hostile.Lacks(LackKind.NotDefined, Counterfactual.ImpactRatio(0, 10, 0, 10));
    }

    [Fact]
    public void Apply_ShareBelowTheDetectorsFalseAlarms_IsZero() => Assert.Equal(0, DetectorCorrection.Apply(0.01, 0.9, 0.95).Value);

    [Fact]
    public void Counterfactual_NoFlips_HasNoDirection() => Assert.Null(Counterfactual.Of(100, 0, 0).Value.Directed);

    [Theory]
    [InlineData(4, 0)]
    [InlineData(7, 7)]
    public void McNemar_AnyCounts_StayWithinChances(long lost, long won)
    {
        var test = McNemar.Of(lost, won).Value;

        Assert.InRange(test.TwoSided, 0, 1);
        Assert.InRange(test.MidP, 0, 1);
        Assert.True(test.ChiSquared >= 0);
    }

    /// <summary>Newcombe 1998, pages 2635-2650, table III, method 10: (36, 12, 2, 0) of Altman's 50 patients.</summary>
    [Fact]
    public void Paired_PublishedExample_IsReproduced()
    {
        var interval = Newcombe.Paired(36, 12, 2, 0).Value;

        Assert.Equal(0.2, interval.Difference, 12);
        Assert.Equal(0.0569, interval.Low, 4);
        Assert.Equal(0.3404, interval.High, 4);
    }
}
