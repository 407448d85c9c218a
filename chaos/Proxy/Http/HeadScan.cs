using System.Globalization;

namespace ChaosBench.Chaos.Proxy.Http;

/// <summary>What the headers of a message say about where its body ends. Read from bytes in place: nothing is copied.</summary>
internal ref struct HeadScan
{
    /// <summary>A longer head is not looked at: its connection is relayed as it comes.</summary>
    public const int MaxBytes = 64 * 1024;

    public long? ContentLength { get; private set; }
    public bool IsChunked { get; private set; }

    /// <summary>The sender closes after this message.</summary>
    public bool Closes { get; private set; }

    public ReadOnlySpan<byte> RequestId { get; private set; }
    public ReadOnlySpan<byte> ContentType { get; private set; }

    /// <summary>Bytes of a head with the empty line behind it; 0 while that has not come.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        return end < 0 ? 0 : end + 4;
    }

    /// <param name="lines">Headers without the first line, each with its line end.</param>
    /// <returns>False for headers about whose meaning two readers could differ: nobody should decide by them.</returns>
    public bool Read(ReadOnlySpan<byte> lines)
    {
        while (lines.IndexOf("\r\n"u8) is var end and > 0)
        {
            var line = lines[..end];
            lines = lines[(end + 2)..];
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[0] is (byte)' ' or (byte)'\t' || line.IndexOfAny((byte)'\r', (byte)'\n', (byte)0) >= 0)
            {
                return false;
            }

            if (!Take(line[..colon], line[(colon + 1)..].Trim(" \t"u8)))
            {
                return false;
            }
        }

        // With both, peers have been made to disagree about where a message ends.
        return !(IsChunked && ContentLength is not null);
    }

    public static bool Is(ReadOnlySpan<byte> left, ReadOnlySpan<byte> lowerCase)
    {
        if (left.Length != lowerCase.Length)
        {
            return false;
        }

        for (var at = 0; at < left.Length; at++)
        {
            if ((left[at] | (left[at] is >= (byte)'A' and <= (byte)'Z' ? 0x20 : 0)) != lowerCase[at])
            {
                return false;
            }
        }

        return true;
    }

    private bool Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        switch (name.Length)
        {
            case 10 when Is(name, "connection"u8):
                Closes |= Is(value, "close"u8);
                return true;
            case 12 when Is(name, "content-type"u8):
                ContentType = value;
                return true;
            case 12 when Is(name, "x-request-id"u8):
                RequestId = value;
                return true;
            case 14 when Is(name, "content-length"u8):
                var isNew = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                    && (ContentLength is null || ContentLength == length);
                ContentLength = length;
                return isNew;
            case 17 when Is(name, "transfer-encoding"u8):
                IsChunked = Is(value, "chunked"u8);
                return IsChunked;
            default:
                return true;
        }
    }
}
