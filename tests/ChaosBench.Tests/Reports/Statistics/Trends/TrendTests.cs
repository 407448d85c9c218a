using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Trends;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Statistics.Trends;

public sealed class TrendTests
{
    private static readonly double[] Times = [0, 1, 2, 3, 4, 5];

    [Fact]
    public void Of_HostileSamples_SayWhy()
    {
        Hostile.Lacks(LackKind.NotEnough, TheilSen.Fit([1, 2], [1, 2]));
        Hostile.Lacks(LackKind.NoSpread, TheilSen.Fit(Hostile.Alike, Times));
        Hostile.Lacks(LackKind.NotANumber, TheilSen.Fit(Times, Hostile.WithNaN));
        Hostile.Lacks(LackKind.NotDefined, TheilSen.Fit(Times, Hostile.One));
        Hostile.Lacks(LackKind.NoSpread, MannKendall.Of(Hostile.Alike));
        Hostile.Lacks(LackKind.NoSpread, LeastSquares.Fit(Hostile.Alike, Times));
        Hostile.Lacks(LackKind.NotEnough, MemoryGrowth.Of(Times, Hostile.Good, window: 100));
        Hostile.Lacks(LackKind.NotANumber, MemoryGrowth.Of(Times, Hostile.WithNaN, window: 1));
        Hostile.Lacks(LackKind.NotEnough, ChangePoints.Find([1, 2, 3]));
        Hostile.Lacks(LackKind.NotANumber, ChangePoints.Find(Hostile.Endless));
        Hostile.Lacks(LackKind.NoSpread, PooledT.Of(Hostile.Alike, Hostile.Alike));
    }

    [Fact]
    public void Find_StepInNoise_IsFoundOnceAndNowhereElse()
    {
        var random = new SplitMix64(1);
        double[] series = [.. Enumerable.Range(0, 40).Select(i => 100 + (i < 25 ? 0 : 12) + random.NextDouble())];

        var points = ChangePoints.Find(series, alpha: 0.01).Value;

        var point = Assert.Single(points);
        Assert.Equal(25, point.Index);
        Assert.InRange(point.Relative!.Value, 0.11, 0.13);
        Assert.Equal(1.0 / 200, point.P);
    }

    [Fact]
    public void Find_NoiseAlone_SeldomFindsAnything()
    {
        var found = 0;
        for (ulong seed = 1; seed <= 60; seed++)
        {
            var random = new SplitMix64(seed);
            found += ChangePoints.Find([.. Enumerable.Range(0, 20).Select(_ => random.NextDouble())], 0.05, 99).Value.Count > 0 ? 1 : 0;
        }

        Assert.InRange(found, 0, 9);
    }

    [Fact]
    public void Find_AllAlike_FindsNothing() => Assert.Empty(ChangePoints.Find(Hostile.Alike).Value);

    [Theory]
    [InlineData(2.0, 1)]
    [InlineData(0.1, -1)]
    public void Against_SteadyGrowth_IsHeldToTheBudget(double growth, int expected)
    {
        var (random, times) = (new SplitMix64(1), Enumerable.Range(0, 60).Select(i => (double)i).ToArray());
        var memory = Array.ConvertAll(times, time => 500 + (growth * time) + random.NextDouble());

        var found = MemoryGrowth.Of(times, memory, window: 6).Value;

        Assert.Equal(expected, found.Against(1));
        Assert.InRange(growth, found.FloorLow!.Value, found.FloorHigh!.Value);
    }
}
