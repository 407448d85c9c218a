using System.Runtime.InteropServices;

namespace ChaosBench.Reports.Measuring;

/// <summary>Writes what <see cref="PackedReader"/> reads: integers of variable length, seven bits a byte, low ones first. Used again and again.</summary>
internal sealed class PackedWriter
{
    private const int LongestInteger = 10;
    private byte[] _bytes = new byte[4096];
    private int _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Byte(byte value)
    {
        Reserve(1);
        _bytes[_length++] = value;
    }

    public void Int(int value) => Bits(unchecked((uint)value));

    public void Long(long value) => Bits(unchecked((ulong)value));

    /// <summary>As it is: an encoding would replace lone surrogates.</summary>
    public void Text(string text)
    {
        var bytes = MemoryMarshal.AsBytes(text.AsSpan());
        Int(bytes.Length);
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Bits(ulong bits)
    {
        Reserve(LongestInteger);
        for (; bits >= 0x80; bits >>= 7)
        {
            _bytes[_length++] = (byte)((bits & 0x7F) | 0x80);
        }

        _bytes[_length++] = (byte)bits;
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - _length < more)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + more));
        }
    }
}
