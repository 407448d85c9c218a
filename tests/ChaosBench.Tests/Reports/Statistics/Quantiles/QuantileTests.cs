using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Quantiles;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Statistics.Quantiles;

public sealed class QuantileTests
{
    [Fact]
    public void Of_HostileSamples_SayWhy()
    {
        Hostile.Lacks(LackKind.NotEnough, QuantileEstimators.Of(Hostile.Empty, 0.5));
        Hostile.Lacks(LackKind.NotANumber, QuantileEstimators.Of(Hostile.WithNaN, 0.5));
        Hostile.Lacks(LackKind.NotANumber, QuantileEstimators.HarrellDavis(Hostile.WithNaN, 0.5));
        Hostile.Lacks(LackKind.NotEnough, QuantileRatio.Of(Hostile.Good, Hostile.Good, 0.99));
        Hostile.Lacks(LackKind.NotEnough, DkwBand.Quantile(Hostile.Empty, 0.5));
        Hostile.Lacks(LackKind.NotANumber, QuantileBootstrap.Differences(Hostile.Endless, Hostile.Good, 0.5, logs: false, 10, 1));
        Hostile.Lacks(LackKind.NotDefined, QuantileBootstrap.Differences([0, 1, 2], Hostile.Good, 0.5, logs: true, 10, 1));
    }

    [Theory]
    [InlineData(QuantileType.InvertedCdf)]
    [InlineData(QuantileType.Linear)]
    [InlineData(QuantileType.MedianUnbiased)]
    public void Of_OneValueOrAllAlike_IsThatValue(QuantileType type)
    {
        Assert.Equal(1, QuantileEstimators.Of(Hostile.One, 0.99, type).Value);
        Assert.Equal(5, QuantileEstimators.Of(Hostile.Alike, 0.99, type).Value);
    }

    [Fact]
    public void Of_EndlessTail_IsInfiniteOnlyWhereItReaches()
    {
        Assert.Equal(double.PositiveInfinity, QuantileEstimators.Of(Hostile.Endless, 0.95).Value);
        Assert.Equal(4.5, QuantileEstimators.Of(Hostile.Endless, 0.5).Value);
        Assert.Equal(double.PositiveInfinity, QuantileEstimators.HarrellDavis(Hostile.Endless, 0.5).Value);
        Assert.Equal(double.PositiveInfinity, QuantileEstimators.Of([1, double.PositiveInfinity, double.PositiveInfinity], 0.75).Value);
    }

    [Fact]
    public void Band_TailBeyondItsWidth_HasNoUpperEnd()
    {
        var (low, high) = DkwBand.Quantile([.. Enumerable.Range(1, 1_000).Select(i => (double)i)], 0.99).Value;

        Assert.Equal(double.PositiveInfinity, high);
        Assert.InRange(low, 940, 950);
    }

    [Fact]
    public void Ratio_ScaledSample_IsTheScaleAndHoldsIt()
    {
        var baseline = Latencies(2_000, 1);
        var ratio = QuantileRatio.Of(Array.ConvertAll(Latencies(2_000, 2), value => value * 1.2), baseline, 0.95).Value;

        Assert.InRange(1.2, ratio.Low, ratio.High);
        Assert.InRange(ratio.Ratio, 1.1, 1.3);
    }

    [Fact]
    public void Differences_Median_SpreadLikeAPlainBootstrap()
    {
        var (x, y, random) = (Latencies(201, 1), Latencies(101, 2), new SplitMix64(3));
        double Median(double[] from)
        {
            var drawn = Enumerable.Range(0, from.Length).Select(_ => from[random.Next(from.Length)]).ToArray();
            return QuantileEstimators.Of(drawn, 0.9).Value;
        }

        var plain = Enumerable.Range(0, 4_000).Select(_ => Median(x) - Median(y)).ToArray();
        var quick = QuantileBootstrap.Differences(x, y, 0.9, logs: false, 4_000, 4).Value;

        // Two samples of 4,000 from one law stay nearer than this in all but 1 of 10,000 pairs of seeds.
        Assert.True(ChaosBench.Reports.Statistics.Ranks.KolmogorovSmirnov.Of(plain, quick).Value.D < 0.05);
    }

    [Fact]
    public void Differences_SameSeed_AreTheSame() => Assert.Equal(
        QuantileBootstrap.Differences(Latencies(50, 1), Latencies(50, 2), 0.99, logs: true, 100, 7).Value,
        QuantileBootstrap.Differences(Latencies(50, 1), Latencies(50, 2), 0.99, logs: true, 100, 7).Value);

    private static double[] Latencies(int count, ulong seed)
    {
        var random = new SplitMix64(seed);
        return [.. Enumerable.Range(0, count).Select(_ => 0.1 + random.NextExponential())];
    }
}
