using System.Runtime.InteropServices;

namespace ChaosBench.Reports.Measuring;

/// <summary>Reads what a <see cref="PackedWriter"/> wrote: a long run is unpacked a dozen times for one report.</summary>
internal sealed class PackedReader(byte[] bytes)
{
    private int _at;

    public byte Byte() => bytes[_at++];

    public int Int() => unchecked((int)(uint)Bits());

    public long Long() => unchecked((long)Bits());

    public string Text()
    {
        var length = Int();
        var text = new string(MemoryMarshal.Cast<byte, char>(bytes.AsSpan(_at, length)));
        _at += length;
        return text;
    }

    private ulong Bits()
    {
        var (bits, shift) = (0UL, 0);
        while (true)
        {
            var next = bytes[_at++];
            bits |= (next & 0x7FUL) << shift;
            if (next < 0x80)
            {
                return bits;
            }

            shift += 7;
        }
    }
}
