using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Distances;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Statistics.Distances;

public sealed class DistanceTests
{
    [Fact]
    public void Of_HostileSamples_SayWhy()
    {
        Hostile.Lacks(LackKind.NotEnough, Wasserstein.Of(Hostile.Empty, Hostile.Good));
        Hostile.Lacks(LackKind.NotANumber, Wasserstein.Of(Hostile.Endless, Hostile.Good));
        Hostile.Lacks(LackKind.NotANumber, EnergyDistance.Of(Hostile.Good, Hostile.WithNaN));
        Hostile.Lacks(LackKind.NotDefined, Cosine.Similarity([0.0, 0.0], [1.0, 2.0]));
        Hostile.Lacks(LackKind.NotDefined, Cosine.Similarity([1.0f], [1.0f, 2.0f]));
        Hostile.Lacks(LackKind.NotANumber, Cosine.Similarity([float.NaN, 1], [1.0f, 2]));
        Hostile.Lacks(LackKind.NotDefined, Cosine.Rows(new float[10], new float[10], 3));
        Hostile.Lacks(LackKind.NotDefined, Drift.Of([1, 2], [1, 2, 3]));
        Hostile.Lacks(LackKind.NotDefined, Drift.Of([1, 0], [1, 2], pseudocount: 0));
        Hostile.Lacks(LackKind.NotEnough, Drift.Of([0, 0], [1, 2]));
        Hostile.Lacks(LackKind.NoSpread, ReferenceBins.Of(Hostile.Alike, 2));
        Hostile.Lacks(LackKind.NotEnough, ReferenceBins.Of(Hostile.Good, 10));
    }

    [Fact]
    public void VectorTest_HostileVectors_SayWhy()
    {
        float[][] good = [[1, 0], [0, 1], [1, 1]];

        Hostile.Lacks(LackKind.NotEnough, VectorTest.Of([[1, 0]], good));
        Hostile.Lacks(LackKind.NotDefined, VectorTest.Of([[1, 0, 0], [0, 1, 0]], good));
        Hostile.Lacks(LackKind.NotANumber, VectorTest.Of([[1, float.NaN], [0, 1]], good));
        Hostile.Lacks(LackKind.NoSpread, VectorTest.Of([[1, 0], [1, 0]], [[1, 0], [1, 0]]));
        Hostile.Lacks(LackKind.NotDefined, VectorTest.Of(good, good, new VectorTestSettings(Cases: [1, 2])));
    }

    [Fact]
    public void VectorTest_ShiftedCloud_IsFoundAndTheSameIsNot()
    {
        var shifted = VectorTest.Of(Cloud(40, 1, 0), Cloud(40, 2, 1), new VectorTestSettings(199)).Value;
        var same = VectorTest.Of(Cloud(40, 1, 0), Cloud(40, 3, 0), new VectorTestSettings(199)).Value;

        Assert.Equal((1.0 / 200, 1.0 / 200), (shifted.MmdP, shifted.EnergyP));
        Assert.False(shifted.Exhaustive);
        Assert.True(same.MmdP > 0.05 && same.EnergyP > 0.05);
    }

    /// <summary>Repeats of one case are one piece of evidence: five cases a side cannot be surer than 2 in 252 splits.</summary>
    [Fact]
    public void VectorTest_RepeatsOfACase_MoveTogether()
    {
        float[][] Repeated(ulong seed, double shift) => [.. Cloud(5, seed, shift).SelectMany(one => Enumerable.Repeat(one, 20))];
        int[] cases = [.. Enumerable.Range(0, 200).Select(i => i / 20)];

        var test = VectorTest.Of(Repeated(1, 0), Repeated(2, 3), new VectorTestSettings(Cases: cases)).Value;

        Assert.True(test.Exhaustive);
        Assert.Equal(252, test.Splits);
        Assert.True(test.MmdP >= 1.0 / 252);
    }

    [Fact]
    public void Energy_ManyValues_EqualsTheSumOverPairs()
    {
        var (x, y) = (Draw(60, 1), Draw(80, 2));
        double Mean(double[] a, double[] b) => a.Average(one => b.Average(other => Math.Abs(one - other)));

        Assert.Equal((2 * Mean(x, y)) - Mean(x, x) - Mean(y, y), EnergyDistance.Of(x, y).Value.V, 12);
        Assert.Equal(0, EnergyDistance.Of(x, x).Value.V, 12);
    }

    [Fact]
    public void Wasserstein_Shift_IsTheShift()
    {
        var x = Draw(100, 1);

        Assert.Equal(0.25, Wasserstein.Of(x, Array.ConvertAll(x, value => value + 0.25)).Value, 12);
        Assert.Equal(0, Wasserstein.Of(x, x).Value);
    }

    [Fact]
    public void Rows_OddDimension_AgreeWithOneByOne()
    {
        var (one, other) = (Cloud(7, 1, 0), Cloud(7, 2, 0.5));

        var rows = Cosine.Rows([.. one.SelectMany(row => row)], [.. other.SelectMany(row => row)], one[0].Length).Value;

        for (var i = 0; i < rows.Length; i++)
        {
            var slow = Cosine.Similarity(Array.ConvertAll(one[i], x => (double)x), Array.ConvertAll(other[i], x => (double)x)).Value;
            Assert.Equal(slow, rows[i].Value, 14);
        }
    }

    [Fact]
    public void Drift_SameLaw_StaysBelowTheThresholdOfTheLaw()
    {
        var bins = ReferenceBins.Of(Draw(1_000, 1)).Value;
        var alarms = Enumerable.Range(2, 200).Count(seed =>
        {
            var drift = Drift.Of(bins.Count(Draw(1_000, 1_000)).Value, bins.Count(Draw(1_000, (ulong)seed)).Value).Value;
            return drift.Psi > drift.Threshold;
        });

        // 5 % of 200 are 10; the reference itself is drawn too, which the law allows for.
        Assert.InRange(alarms, 1, 24);
    }

    [Fact]
    public void Count_ValuesBeyondTheReference_FallIntoTheOuterBins()
    {
        var bins = ReferenceBins.Of([.. Enumerable.Range(1, 100).Select(i => (double)i)], 4).Value;

        Assert.Equal([1, 1, 0, 2], bins.Count([-5, 30, 99, double.PositiveInfinity]).Value);
    }

    private static double[] Draw(int count, ulong seed)
    {
        var random = new SplitMix64(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextExponential())];
    }

    private static float[][] Cloud(int count, ulong seed, double shift)
    {
        var random = new SplitMix64(seed);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, 19).Select(_ => (float)(random.NextDouble() + shift)).ToArray())];
    }
}
