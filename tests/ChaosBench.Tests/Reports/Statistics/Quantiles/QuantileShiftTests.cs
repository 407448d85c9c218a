using ChaosBench.Reports.Statistics.Quantiles;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Statistics.Quantiles;

public sealed class QuantileShiftTests
{
    /// <summary>Requests that both versions meet, each with noise of its own, and noise that a whole turn shares. Logarithms.</summary>
    private static BlockValues Blocks(SplitMix64 random, int blocks, int requests, double shift, double probability)
    {
        double Noise() => (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2;
        var pairs = new List<(double[], double[])>();
        for (var block = 0; block < blocks; block++)
        {
            var (mine, theirs) = (new double[requests], new double[requests]);
            var (mood, other) = (0.01 * Noise(), 0.01 * Noise());
            for (var request = 0; request < requests; request++)
            {
                var size = 0.3 * Noise();
                mine[request] = size + shift + mood + (0.03 * Noise());
                theirs[request] = size + other + (0.03 * Noise());
            }

            pairs.Add((mine, theirs));
        }

        return new BlockValues(pairs, probability);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.95)]
    [InlineData(0.99)]
    public void Of_ManySamplesOfNoShift_LieBeyondEachBoundInAboutOneOfTwenty(double probability)
    {
        var random = new SplitMix64(7);
        var (below, above) = (0, 0);
        const int Samples = 400;
        for (var sample = 0; sample < Samples; sample++)
        {
            var shift = QuantileShift.Of(Blocks(random, 24, 60, 0, probability));
            below += shift.Low > 0 ? 1 : 0;
            above += shift.High < 0 ? 1 : 0;
        }

        // 5 % is 20; four standard deviations of a binomial more is 37.
        Assert.InRange(below, 0, 37);
        Assert.InRange(above, 0, 37);
        Assert.True(below + above > 8, "bounds that are never missed are too wide");
    }

    [Fact]
    public void Of_Shift_IsFoundAndEnclosed()
    {
        var shift = QuantileShift.Of(Blocks(new SplitMix64(3), 32, 60, 0.1, 0.99));

        Assert.InRange(shift.Estimate, 0.05, 0.15);
        Assert.InRange(shift.Low, 0.03, 0.1);
        Assert.InRange(shift.High, 0.1, 0.17);
        Assert.Equal(32, shift.Blocks);
    }

    [Fact]
    public void Of_EverythingMovedByOneNumber_MovesByThatNumber()
    {
        var still = Blocks(new SplitMix64(5), 12, 40, 0, 0.9);
        var moved = Blocks(new SplitMix64(5), 12, 40, 0.25, 0.9);
        var (before, after) = (QuantileShift.Of(still), QuantileShift.Of(moved));

        Assert.Equal(before.Estimate + 0.25, after.Estimate, 9);
        Assert.Equal(before.Low + 0.25, after.Low, 6);
        Assert.Equal(before.High + 0.25, after.High, 6);
    }

    [Fact]
    public void Weighted_Twice_IsTheSampleTwice()
    {
        var random = new SplitMix64(11);
        var pairs = Enumerable.Range(0, 8).Select(_ => (
            Enumerable.Range(0, 30).Select(_ => random.NextDouble()).ToArray(), Enumerable.Range(0, 30).Select(_ => random.NextDouble()).ToArray())).ToList();
        int[] weights = [2, 0, 1, 3, 0, 1, 1, 2];
        var drawn = QuantileShift.Of(new BlockValues(pairs, 0.9).Weighted(weights));
        var written = QuantileShift.Of(new BlockValues([.. pairs.SelectMany((pair, at) => Enumerable.Repeat(pair, weights[at]))], 0.9));

        Assert.Equal(10, drawn.Blocks);
        Assert.Equal(written, drawn);
    }

    [Fact]
    public void Of_TailTooThin_HasNoBound()
    {
        // 5 blocks of 10: one value in a hundred is half a value.
        var shift = QuantileShift.Of(Blocks(new SplitMix64(1), 5, 10, 0, 0.99));

        Assert.Equal(double.NegativeInfinity, shift.Low);
        Assert.Equal(double.PositiveInfinity, shift.High);
    }

    [Fact]
    public void Of_RequestsWithoutEnd_AreValuesLikeOthers()
    {
        double[] fine = [.. Enumerable.Range(0, 100).Select(value => value * 0.01)];
        double[] lost = [.. fine[..^2], double.PositiveInfinity, double.PositiveInfinity];
        var few = QuantileShift.Of(new BlockValues([.. Enumerable.Range(0, 10).Select(_ => (lost, fine))], 0.9));
        var many = QuantileShift.Of(new BlockValues([.. Enumerable.Range(0, 10).Select(_ => (lost, fine))], 0.99));

        Assert.True(double.IsFinite(few.Estimate));
        Assert.Equal(double.PositiveInfinity, many.Estimate);
    }

    [Fact]
    public void Of_FourBlocks_BoundNothing() =>
        Assert.Equal(double.NegativeInfinity, QuantileShift.Of(Blocks(new SplitMix64(2), 4, 60, 1, 0.5)).Low);
}
