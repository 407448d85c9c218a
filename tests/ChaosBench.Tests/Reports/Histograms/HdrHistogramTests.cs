using ChaosBench.Reports.Histograms;

namespace ChaosBench.Tests.Reports.Histograms;

public class HdrHistogramTests
{
    private const long Hour = 3_600_000_000_000;

    [Theory]
    [InlineData(1, 3)]
    [InlineData(1000, 2)]
    [InlineData(20_000, 2)]
    public void LowestEquivalent_AnyValue_IsWithinThePrecision(long lowest, int digits)
    {
        var histogram = new HdrHistogram(lowest, Hour, digits);
        for (var value = 1L; value < Hour; value = (value * 3 / 2) + 1)
        {
            Assert.InRange(value, histogram.LowestEquivalent(value), histogram.HighestEquivalent(value));
            var width = histogram.HighestEquivalent(value) - histogram.LowestEquivalent(value);
            Assert.True(width <= Math.Max(lowest, value * Math.Pow(10, -digits)), $"{value}: a step of {width}");
        }
    }

    [Fact]
    public void AtRank_EveryRank_AgreesWithTheSortedValues()
    {
        var histogram = new HdrHistogram(1, Hour, 3);
        var random = new Random(7);
        var values = Enumerable.Range(0, 5000).Select(_ => (long)Math.Exp(random.NextDouble() * 25)).Order().ToArray();
        Array.ForEach(values, value => histogram.Record(value));

        for (var rank = 1; rank <= values.Length; rank++)
        {
            Assert.Equal(histogram.LowestEquivalent(values[rank - 1]), histogram.AtRank(rank));
        }
    }

    [Fact]
    public void Add_AnotherOne_EqualsRecordingBoth()
    {
        var (left, right, both) = (new HdrHistogram(1, Hour, 3), new HdrHistogram(1, Hour, 3), new HdrHistogram(1, Hour, 3));
        for (var value = 1L; value < 1_000_000; value = (value * 2) + 3)
        {
            left.Record(value, 2);
            right.Record(value * 7);
            both.Record(value, 2);
            both.Record(value * 7);
        }

        left.Add(right);

        Assert.Equal(HdrCodec.ToBase64(both), HdrCodec.ToBase64(left));
        Assert.Equal((both.Count, both.Max, both.Min), (left.Count, left.Max, left.Min));
    }

    [Fact]
    public void Record_ValueBeyondTheRange_Throws()
    {
        var histogram = new HdrHistogram(1, 1_000_000, 3);

        Assert.Throws<ArgumentOutOfRangeException>(() => histogram.Record(long.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => histogram.Record(-1));
        Assert.Equal(0, histogram.Count);
    }

    [Fact]
    public void Record_CountsBeyond64Bits_Throws()
    {
        var histogram = new HdrHistogram(1, 1000, 3);
        histogram.Record(5, long.MaxValue);

        Assert.Throws<OverflowException>(() => histogram.Record(6));
    }
}
