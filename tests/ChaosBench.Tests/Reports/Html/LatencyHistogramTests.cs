using ChaosBench.Reports.Html.Plots;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Html;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(0.95)]
    [InlineData(0.999)]
    [InlineData(1.0)]
    public void Quantile_ManyScales_IsWithinFourPerMille(double share)
    {
        var coins = new SplitMix64(11);
        var nanos = Enumerable.Range(0, 5001).Select(_ => (long)(Math.Pow(10, 5 + 6 * coins.NextDouble()))).Order().ToArray();
        var histogram = new LatencyHistogram();
        foreach (var one in nanos)
        {
            histogram.Add(one);
        }

        var position = (nanos.Length - 1) * share;
        var (low, high) = (nanos[(int)Math.Floor(position)] / 1e9, nanos[(int)Math.Ceiling(position)] / 1e9);
        var exact = low + (high - low) * (position - Math.Floor(position));
        Assert.Equal(exact, histogram.Quantile(share)!.Value, Math.Max(exact * 0.004, 1e-6));
    }

    [Theory]
    [InlineData(LatencyHistogram.Coarse, 0.035)]
    [InlineData(LatencyHistogram.Fine, 0.005)]
    public void Quantile_AnyResolution_IsWithinHalfABin(int perOctave, double error)
    {
        var histogram = new LatencyHistogram(perOctave);
        foreach (var millis in new long[] { 400, 3, 90, 2000, 17 })
        {
            histogram.Add(millis * 1_000_000);
        }

        Assert.Equal(0.09, histogram.Quantile(0.5)!.Value, 0.09 * error);
        Assert.Equal(2, histogram.Quantile(1)!.Value);
        Assert.Equal(5, histogram.Count);
    }

    [Fact]
    public void Quantile_FailuresReachTheRank_IsAbsent()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(1_000_000, times: 98);

        Assert.Equal(0.001, histogram.Quantile(0.9, failed: 2)!.Value, 5);
        Assert.Null(histogram.Quantile(0.99, failed: 2));
        Assert.Null(new LatencyHistogram().Quantile(0.5));
    }

    [Fact]
    public void Add_Histogram_IsTheSameAsAddingItsValues()
    {
        var (left, right, both) = (new LatencyHistogram(), new LatencyHistogram(), new LatencyHistogram());
        foreach (var nanos in new long[] { 0, -5, 999, 128_000, 5_000_000, 60_000_000_000, long.MaxValue })
        {
            (nanos % 2 == 0 ? left : right).Add(nanos);
            both.Add(nanos);
        }

        left.Add(right);

        Assert.Equal(both.Count, left.Count);
        Assert.All(new[] { 0, 0.3, 0.5, 0.8, 1 }, share => Assert.Equal(both.Quantile(share), left.Quantile(share)));
    }
}
