using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Means;
using MathNet.Numerics.Distributions;

namespace ChaosBench.Tests.Reports.Statistics.Means;

public sealed class MeanTests
{
    [Fact]
    public void Of_HostileSamples_SayWhy()
    {
        Hostile.Lacks(LackKind.NotEnough, LogWelch.Of(Hostile.One, Hostile.Good));
        Hostile.Lacks(LackKind.NotANumber, LogWelch.Of(Hostile.Endless, Hostile.Good));
        Hostile.Lacks(LackKind.NotDefined, LogWelch.Of([0, 1], Hostile.Good));
        Hostile.Lacks(LackKind.NoSpread, LogWelch.Of(Hostile.Alike, Hostile.Alike));
        Hostile.Lacks(LackKind.NotDefined, ClusteredMean.Of(Hostile.Good, ["a"]));
        Hostile.Lacks(LackKind.NotEnough, ClusteredMean.Of([1, 2], ["a", "a"]));
        Hostile.Lacks(LackKind.NoSpread, ClusteredMean.Of([1, 1, 1, 1], ["a", "a", "b", "b"]));
        Hostile.Lacks(LackKind.NotDefined, RatioEstimate.Of([1, 2, 3], [0, 0, 0]));
        Hostile.Lacks(LackKind.NotDefined, RatioEstimate.Of([1, 2, 3], [1, 1]));
        Hostile.Lacks(LackKind.NotANumber, RatioEstimate.Of(Hostile.WithNaN, Hostile.Good));
        Hostile.Lacks(LackKind.NotDefined, SampleSize.Pairs(1, 0));
        Hostile.Lacks(LackKind.NotDefined, SampleSize.Pairs(double.NaN, 1));
        Hostile.Lacks(LackKind.NotDefined, SampleSize.ToDecide(0.05, 0.1, 0.05));
        Hostile.Lacks(LackKind.NotDefined, SampleSize.ToDecide(0.05, 0.1, 0.0500001));
    }

    [Theory]
    [InlineData(0.02, 0.1, 0.05)]
    [InlineData(0.10, 0.03, 0.05)]
    [InlineData(-0.2, 1.0, 0.05)]
    public void ToDecide_AnySample_IsTheFirstNumberThatDecides(double mean, double deviation, double limit)
    {
        var pairs = SampleSize.ToDecide(mean, deviation, limit).Value;
        double Reach(long count) => StudentT.InvCDF(0, 1, count - 1, 0.95) * deviation / Math.Sqrt(count);

        Assert.True(Reach(pairs) < Math.Abs(mean - limit));
        Assert.True(pairs == 2 || Reach(pairs - 1) >= Math.Abs(mean - limit));
    }

    [Fact]
    public void TokenPrice_ManySmallSums_LosesNoCent()
    {
        var price = new TokenPrice(0.15m, 0.6m);

        Assert.Equal(750_000 * price.Of(1, 1), price.Of(750_000, 750_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => price.Of(-1, 0));
    }
}
