using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Ranks;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Statistics.Ranks;

public sealed class RankTests
{
    [Fact]
    public void Of_HostileSamples_SayWhy()
    {
        Hostile.Lacks(LackKind.NotEnough, MannWhitney.Of(Hostile.Empty, Hostile.Good));
        Hostile.Lacks(LackKind.NotANumber, MannWhitney.Of(Hostile.Good, Hostile.WithNaN));
        Hostile.Lacks(LackKind.NotEnough, HodgesLehmann.Of(Hostile.One, Hostile.Good));
        Hostile.Lacks(LackKind.NotEnough, HodgesLehmann.Of([1, 2], [3, 4]));
        Hostile.Lacks(LackKind.NotANumber, HodgesLehmann.Of(Hostile.Endless, Hostile.Good));
        Hostile.Lacks(LackKind.NotDefined, HodgesLehmann.Ratio([0, 1], Hostile.Good));
        Hostile.Lacks(LackKind.NoSpread, BrunnerMunzel.Of(Hostile.Alike, Hostile.Alike));
        Hostile.Lacks(LackKind.NoSpread, BrunnerMunzel.Of([1, 2, 3], [4, 5, 6]));
        Hostile.Lacks(LackKind.NotEnough, BrunnerMunzel.Of(Hostile.One, Hostile.Good));
        Hostile.Lacks(LackKind.NoSpread, SignedRank.Of([0, 0, 0]));
        Hostile.Lacks(LackKind.NotANumber, SignedRank.Of(Hostile.Endless));
        Hostile.Lacks(LackKind.NotEnough, KolmogorovSmirnov.Of(Hostile.Good, Hostile.Empty));
    }

    [Fact]
    public void MannWhitney_EndlessValues_AreTheLargest()
    {
        var test = MannWhitney.Of([1, 2, double.PositiveInfinity], [1, 2, 3]).Value;

        Assert.Equal(5, test.U);
    }

    [Fact]
    public void KolmogorovSmirnov_SameSample_IsNoDistanceAtAll()
    {
        var test = KolmogorovSmirnov.Of(Hostile.Good, Hostile.Good).Value;

        Assert.Equal((0, 1, 1), (test.D, test.Exact!.Value, test.Asymptotic));
    }

    [Fact]
    public void KolmogorovSmirnov_ExactAndAsymptotic_MeetForLargeSamples()
    {
        var test = KolmogorovSmirnov.Of(Draw(900, 1, 0), Draw(900, 2, 0.02)).Value;

        Assert.InRange(test.Exact!.Value, 0.01, 0.5);
        Assert.InRange(test.Asymptotic, test.Exact.Value * 0.9, test.Exact.Value * 1.1);
    }

    [Fact]
    public void HodgesLehmann_ManyValues_FindsTheMedianOfAllDifferences()
    {
        var (x, y) = (Draw(151, 1, 0.3), Draw(120, 2, 0));
        var all = x.SelectMany(a => y.Select(b => a - b)).Order().ToArray();

        var shift = HodgesLehmann.Of(x, y).Value;

        Assert.Equal((all[(all.Length / 2) - 1] + all[all.Length / 2]) / 2, shift.Shift);
        Assert.Equal(all[shift.Rank], shift.Low);
        Assert.Equal(all[all.Length - shift.Rank - 1], shift.High);
        Assert.Null(shift.Coverage);
        Assert.InRange(0.3, shift.Low, shift.High);
    }

    [Fact]
    public void HodgesLehmann_ExactAndNormalRanks_AreNeighboursAtTheBorder()
    {
        var exact = HodgesLehmann.Of(Draw(30, 1, 0), Draw(30, 2, 0)).Value;
        var normal = HodgesLehmann.Of(Draw(31, 1, 0), Draw(30, 2, 0)).Value;

        Assert.InRange(exact.Coverage!.Value, 0.95, 0.952);
        Assert.InRange(normal.Rank - exact.Rank, 0, 20);
    }

    private static double[] Draw(int count, ulong seed, double shift)
    {
        var random = new SplitMix64(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() + shift)];
    }
}
