using System.Buffers.Binary;
using System.IO.Compression;
using ChaosBench.Reports.Histograms;
using FsCheck;
using FsCheck.Fluent;

namespace ChaosBench.Tests.Reports.Histograms;

public class HdrCodecTests
{
    [Fact]
    public void FromBase64_OwnText_IsTheSameHistogram() => Prop.ForAll(
        ArbMap.Default.ArbFor<long[]>(), values =>
        {
            var before = new HdrHistogram(1, long.MaxValue / 4, 3);
            foreach (var value in values)
            {
                before.Record(Math.Abs(value % (long.MaxValue / 8)), 1 + Math.Abs(value % 1000));
            }

            var after = HdrCodec.FromBase64(HdrCodec.ToBase64(before));
            Assert.Equal((before.Count, before.Max, before.Min, before.Mean), (after.Count, after.Max, after.Min, after.Mean));
            Assert.Equal(HdrCodec.ToBase64(before), HdrCodec.ToBase64(after));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void FromBase64_AnyDamage_IsANamedErrorOrAHistogram()
    {
        var histogram = new HdrHistogram(1, 3_600_000_000_000, 3);
        Enumerable.Range(1, 300).ToList().ForEach(value => histogram.Record(value * 977L));
        var text = HdrCodec.ToBase64(histogram);
        for (var at = 0; at < text.Length; at++)
        {
            _ = Try(text[..at]);
            _ = Try(string.Concat(text.AsSpan(0, at), text[at] == 'A' ? "B" : "A", text.AsSpan(at + 1)));
        }

        Assert.False(Try(text[..^4]));
        Assert.False(Try(""));
        Assert.False(Try("\u20ac"));
    }

    [Fact]
    public void FromBase64_Bomb_IsRefused()
    {
        // 100 MB of zeros pack into 100 kB.
        Assert.Contains("unpacks to more than", Assert.Throws<HistogramFormatException>(() => HdrCodec.FromBase64(Pack(new byte[100_000_000]))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1000, 3)]
    [InlineData(1, 1, 3)]
    [InlineData(1, 1000, 6)]
    [InlineData(long.MaxValue / 2, long.MaxValue, 3)]
    public void FromBase64_HeaderOutOfRange_IsRefused(long lowest, long highest, int digits)
    {
        var inner = new byte[40];
        BinaryPrimitives.WriteInt32BigEndian(inner, 0x1c849313);
        BinaryPrimitives.WriteInt32BigEndian(inner.AsSpan(12), digits);
        BinaryPrimitives.WriteInt64BigEndian(inner.AsSpan(16), lowest);
        BinaryPrimitives.WriteInt64BigEndian(inner.AsSpan(24), highest);

        Assert.Contains("out of range", Assert.Throws<HistogramFormatException>(() => HdrCodec.FromBase64(Pack(inner))).Message, StringComparison.Ordinal);
    }

    private static string Pack(byte[] inner)
    {
        using var outer = new MemoryStream();
        outer.Write(new byte[8]);
        using (var packed = new ZLibStream(outer, CompressionLevel.Fastest, leaveOpen: true))
        {
            packed.Write(inner);
        }

        var bytes = outer.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes, 0x1c849314);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), bytes.Length - 8);
        return Convert.ToBase64String(bytes);
    }

    private static bool Try(string text)
    {
        try
        {
            HdrCodec.FromBase64(text);
            return true;
        }
        catch (HistogramFormatException)
        {
            return false;
        }
    }
}
