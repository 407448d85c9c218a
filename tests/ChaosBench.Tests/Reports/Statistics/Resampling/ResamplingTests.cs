using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Resampling;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Statistics.Resampling;

public sealed class ResamplingTests
{
    private static double Mean(ReadOnlySpan<double> values) => values.ToArray().Average();

    [Fact]
    public void Of_HostileSamples_SayWhy()
    {
        Hostile.Lacks(LackKind.NotEnough, Bootstrap.Of(Hostile.One, Mean, Resamples.Drawn(1, 10, 1)));
        Hostile.Lacks(LackKind.NotANumber, Bootstrap.Of(Hostile.WithNaN, Mean, Resamples.Drawn(6, 10, 1)));
        Hostile.Lacks(LackKind.NotDefined, Bootstrap.Of(Hostile.Good, _ => double.NaN, Resamples.Drawn(6, 10, 1)));
        Hostile.Lacks(LackKind.NotDefined, Bootstrap.Of(Hostile.Good, Mean, []));
        Hostile.Lacks(LackKind.NoSpread, Autocorrelation.Of(Hostile.Alike));
        Hostile.Lacks(LackKind.NotEnough, Autocorrelation.Of([1, 2, 3]));
        Hostile.Lacks(LackKind.NotANumber, Autocorrelation.Of(Hostile.WithNaN));
        Hostile.Lacks(LackKind.NotDefined, SignFlip.Greater(new double[21]));
        Hostile.Lacks(LackKind.NotEnough, SignFlip.Greater(Hostile.Empty));
    }

    [Fact]
    public void Bca_AllAlike_KeepsTheOneValueThereIs()
    {
        var bootstrap = Bootstrap.Of(Hostile.Alike, Mean, Resamples.Drawn(6, 100, 1)).Value;

        Assert.Equal(0, bootstrap.StandardError);
        var levels = bootstrap.Bca().Value;
        Assert.Equal((5, 5), (levels.Low, levels.High));
    }

    [Fact]
    public void Bca_SkewedSample_LeansToTheLongSide()
    {
        var random = new SplitMix64(5);
        double[] sample = [.. Enumerable.Range(0, 40).Select(_ => random.NextExponential())];
        var bootstrap = Bootstrap.Of(sample, Mean, Resamples.Drawn(40, 4_000, 6)).Value;

        var (plain, corrected) = (bootstrap.Percentiles(), bootstrap.Bca().Value);

        Assert.True(corrected.Acceleration > 0);
        Assert.True(corrected.Low > plain.Low && corrected.High > plain.High);
    }

    [Fact]
    public void Drawn_SameSeed_IsTheSameAndAnotherIsNot()
    {
        static string Text(ulong seed) => string.Join(' ', Resamples.Drawn(9, 3, seed).Select(places => string.Join(',', places)));

        Assert.Equal(Text(1), Text(1));
        Assert.NotEqual(Text(1), Text(2));
    }

    [Fact]
    public void MovingBlocks_AnyLength_KeepNeighboursTogether()
    {
        foreach (var places in Resamples.MovingBlocks(10, 4, 50, 1))
        {
            Assert.All(new[] { 1, 2, 3, 5, 6, 7, 9 }, i => Assert.Equal(places[i - 1] + 1, places[i]));
            Assert.All(places, place => Assert.InRange(place, 0, 9));
        }
    }

    [Fact]
    public void Stationary_MeanLength_IsAboutWhatIsAsked()
    {
        var (breaks, steps) = (0, 0);
        foreach (var places in Resamples.Stationary(1_000, 10, 50, 1))
        {
            Assert.All(places, place => Assert.InRange(place, 0, 999));
            breaks += Enumerable.Range(1, 999).Count(i => places[i] != (places[i - 1] + 1) % 1_000);
            steps += 999;
        }

        Assert.InRange((double)breaks / steps, 0.09, 0.11);
    }

    /// <summary>The plain bootstrap takes dependent values for independent ones and is too sure; blocks are not.</summary>
    [Fact]
    public void MovingBlocks_DependentSeries_GiveTheWiderError()
    {
        var (random, series) = (new SplitMix64(9), new double[2_000]);
        for (var i = 1; i < series.Length; i++)
        {
            series[i] = (0.8 * series[i - 1]) + random.NextDouble() - 0.5;
        }

        var dependence = Autocorrelation.Of(series).Value;
        var plain = Bootstrap.Of(series, Mean, Resamples.Drawn(2_000, 400, 1)).Value.StandardError;
        var blocks = Bootstrap.Of(series, Mean, Resamples.MovingBlocks(2_000, dependence.BlockLength, 400, 1)).Value.StandardError;

        // True ratio of errors: sqrt((1 + 0.8)/(1 - 0.8)) = 3.
        Assert.InRange(blocks / plain, 2, 4);
        Assert.InRange(dependence.Effective, 120, 350);
    }

    [Fact]
    public void Greater_AllBeyondTheMargin_IsTheSmallestChanceThereIs()
    {
        Assert.Equal(1.0 / 64, SignFlip.Greater(Hostile.Good).Value);
        Assert.Equal(1, SignFlip.Greater(Hostile.Good, margin: 100).Value);
    }
}
