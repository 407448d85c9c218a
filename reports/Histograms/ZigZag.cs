namespace ChaosBench.Reports.Histograms;

/// <summary>ZigZag LEB128 as HdrHistogram has it: seven bits a byte, low ones first, and eight in the ninth, which is the last.</summary>
internal static class ZigZag
{
    private const int Last = 8;

    /// <returns>Bytes written, 1 to 9.</returns>
    public static int Write(Span<byte> to, long value)
    {
        var rest = unchecked((ulong)((value << 1) ^ (value >> 63)));
        for (var at = 0; at < Last; at++)
        {
            if (rest < 0x80)
            {
                to[at] = unchecked((byte)rest);
                return at + 1;
            }

            to[at] = unchecked((byte)(rest | 0x80));
            rest >>= 7;
        }

        to[Last] = unchecked((byte)rest);
        return Last + 1;
    }

    /// <summary>False when the bytes end before the number does.</summary>
    public static bool TryRead(ReadOnlySpan<byte> from, out long value, out int taken)
    {
        var bits = 0UL;
        for (var at = 0; at < from.Length; at++)
        {
            bits |= (at == Last ? from[at] : from[at] & 0x7FUL) << (7 * at);
            if (at == Last || from[at] < 0x80)
            {
                value = unchecked((long)(bits >> 1) ^ -(long)(bits & 1));
                taken = at + 1;
                return true;
            }
        }

        (value, taken) = (0, 0);
        return false;
    }
}
