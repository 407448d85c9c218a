using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Compression;
using System.Text;

namespace ChaosBench.Reports.Histograms;

/// <summary>
/// The V2 wire form of HdrHistogram, compressed and in base64 as interval logs carry it (<c>HISTFAAAA...</c>). All big-endian:
/// <code>
/// outer  int32 cookie 0x1c849314, int32 length, zlib of
/// inner  int32 cookie 0x1c849313, int32 payload bytes, int32 normalising offset, int32 digits, int64 lowest, int64 highest,
///        float64 ratio of integer to floating values, payload: counts from 0 up as ZigZag LEB128, -n for a run of n zeros
/// </code>
/// </summary>
public static class HdrCodec
{
    private const int OuterCookie = 0x1c849304 | 0x10;
    private const int InnerCookie = 0x1c849303 | 0x10;
    private const int OuterHeader = 8;
    private const int InnerHeader = 40;
    private const int MostBytesOfAnInteger = 9;

    /// <summary>Bytes of one histogram, as they come or unpacked: a small text can otherwise unpack to gigabytes.</summary>
    private const int MostBytes = 64 * 1024 * 1024;

    public static string ToBase64(HdrHistogram histogram)
    {
        var inner = Inner(histogram);
        using var outer = new MemoryStream();
        outer.Write(new byte[OuterHeader]);
        using (var packed = new ZLibStream(outer, CompressionLevel.Optimal, leaveOpen: true))
        {
            packed.Write(inner);
        }

        var bytes = outer.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes, OuterCookie);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), bytes.Length - OuterHeader);
        return Convert.ToBase64String(bytes);
    }

    /// <exception cref="HistogramFormatException">The text is no compressed V2 histogram, or a damaged or oversized one.</exception>
    public static HdrHistogram FromBase64(ReadOnlySpan<char> text)
    {
        if (text.Length > MostBytes)
        {
            throw new HistogramFormatException($"the histogram has {text.Length} characters; at most {MostBytes} are read");
        }

        var ascii = Encoding.ASCII.GetBytes(text.ToArray());
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(ascii.Length)];
        if (Base64.DecodeFromUtf8(ascii, bytes, out _, out var length) != System.Buffers.OperationStatus.Done || length < OuterHeader)
        {
            throw new HistogramFormatException("the histogram is no base64, or was cut");
        }

        var cookie = BinaryPrimitives.ReadInt32BigEndian(bytes);
        if (cookie != OuterCookie)
        {
            throw new HistogramFormatException($"the histogram's cookie is 0x{cookie:x8}; compressed V2 ones (0x{OuterCookie:x8}) are read");
        }

        var packed = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4));
        if (packed < 0 || packed > length - OuterHeader)
        {
            throw new HistogramFormatException($"the histogram says {packed} packed bytes and carries {length - OuterHeader}");
        }

        return FromInner(Unpack(bytes.AsMemory(OuterHeader, packed)));
    }

    private static byte[] Inner(HdrHistogram histogram)
    {
        var used = histogram.UsedCounters();
        var bytes = new byte[InnerHeader + (used * MostBytesOfAnInteger)];
        var at = InnerHeader;
        for (var index = 0; index < used;)
        {
            var zeros = 0;
            while (index + zeros < used && histogram.CountAtIndex(index + zeros) == 0)
            {
                zeros++;
            }

            at += ZigZag.Write(bytes.AsSpan(at), zeros > 0 ? -zeros : histogram.CountAtIndex(index));
            index += Math.Max(1, zeros);
        }

        var head = bytes.AsSpan();
        BinaryPrimitives.WriteInt32BigEndian(head, InnerCookie);
        BinaryPrimitives.WriteInt32BigEndian(head[4..], at - InnerHeader);
        BinaryPrimitives.WriteInt32BigEndian(head[8..], 0);
        BinaryPrimitives.WriteInt32BigEndian(head[12..], histogram.Digits);
        BinaryPrimitives.WriteInt64BigEndian(head[16..], histogram.Lowest);
        BinaryPrimitives.WriteInt64BigEndian(head[24..], histogram.Highest);
        BinaryPrimitives.WriteDoubleBigEndian(head[32..], 1);
        return bytes[..at];
    }

    private static HdrHistogram FromInner(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < InnerHeader || BinaryPrimitives.ReadInt32BigEndian(bytes) != InnerCookie)
        {
            throw new HistogramFormatException("the unpacked histogram has no V2 header");
        }

        var payload = BinaryPrimitives.ReadInt32BigEndian(bytes[4..]);
        if (payload < 0 || payload > bytes.Length - InnerHeader || BinaryPrimitives.ReadInt32BigEndian(bytes[8..]) != 0)
        {
            throw new HistogramFormatException("the histogram is shorter than it says, or its counters are shifted, which is not supported");
        }

        HdrHistogram histogram;
        try
        {
            histogram = new HdrHistogram(
                BinaryPrimitives.ReadInt64BigEndian(bytes[16..]), BinaryPrimitives.ReadInt64BigEndian(bytes[24..]),
                BinaryPrimitives.ReadInt32BigEndian(bytes[12..]));
        }
        catch (ArgumentOutOfRangeException wrong)
        {
            throw new HistogramFormatException($"the histogram's header is out of range: {wrong.ParamName}", wrong);
        }

        Fill(histogram, bytes.Slice(InnerHeader, payload));
        return histogram;
    }

    private static void Fill(HdrHistogram histogram, ReadOnlySpan<byte> payload)
    {
        long index = 0;
        while (!payload.IsEmpty)
        {
            if (!ZigZag.TryRead(payload, out var value, out var taken))
            {
                throw new HistogramFormatException("the histogram ends in the middle of a number");
            }

            payload = payload[taken..];
            var places = value < 0 ? unchecked(-value) : 1;
            if (places < 0 || places > histogram.CounterCount - index)
            {
                throw new HistogramFormatException("the histogram has more counters than its range allows");
            }

            if (value > 0)
            {
                Put(histogram, (int)index, value);
            }

            index += places;
        }
    }

    private static void Put(HdrHistogram histogram, int index, long times)
    {
        try
        {
            histogram.AddAt(index, times);
        }
        catch (OverflowException wrong)
        {
            throw new HistogramFormatException("the histogram's counts add up to more than 64 bits hold", wrong);
        }
    }

    private static byte[] Unpack(ReadOnlyMemory<byte> packed)
    {
        try
        {
            using var source = new ZLibStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            var part = new byte[16 * 1024];
            for (var read = source.Read(part); read > 0; read = source.Read(part))
            {
                plain.Write(part, 0, read);
                if (plain.Length > MostBytes)
                {
                    throw new HistogramFormatException($"the histogram unpacks to more than {MostBytes} bytes");
                }
            }

            return plain.ToArray();
        }
        catch (InvalidDataException broken)
        {
            throw new HistogramFormatException("the histogram's compression is damaged", broken);
        }
    }
}
