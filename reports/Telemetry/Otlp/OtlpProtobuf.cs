using System.Buffers.Binary;
using System.Text;

namespace ChaosBench.Reports.Telemetry.Otlp;

/// <summary>
/// The protobuf encoding. A nested message is written in place and its length, known only then, moved in before it: OTLP nests few
/// levels deep and its messages are short.
/// </summary>
internal sealed class OtlpProtobuf : OtlpOutput
{
    private const int Varint = 0;
    private const int EightBytes = 1;
    private const int Counted = 2;
    private const int FourBytes = 5;

    private byte[] _bytes = new byte[64 * 1024];
    private int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public override void Message<T>(int number, string name, T item, Action<OtlpOutput, T> write)
    {
        Tag(number, Counted);
        var start = _length;
        write(this, item);
        InsertLength(start);
    }

    public override void Messages<T>(int number, string name, IReadOnlyList<T> items, Action<OtlpOutput, T> write)
    {
        foreach (var item in items)
        {
            Message(number, name, item, write);
        }
    }

    public override void Text(int number, string name, string value)
    {
        if (value.Length > 0)
        {
            ChosenText(number, name, value);
        }
    }

    public override void ChosenText(int number, string name, string value)
    {
        Tag(number, Counted);
        var size = Encoding.UTF8.GetByteCount(value);
        Number((ulong)size);
        Encoding.UTF8.GetBytes(value, Room(size));
        _length += size;
    }

    public override void Id(int number, string name, ReadOnlySpan<byte> bytes)
    {
        Tag(number, Counted);
        Number((ulong)bytes.Length);
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
    }

    public override void Small(int number, string name, int value)
    {
        if (value != 0)
        {
            Tag(number, Varint);
            Number((ulong)value);
        }
    }

    public override void Flag(int number, string name, bool value)
    {
        Tag(number, Varint);
        Number(value ? 1UL : 0);
    }

    public override void Whole(int number, string name, long value)
    {
        Tag(number, Varint);
        Number(unchecked((ulong)value)); // two's complement, ten bytes when negative: int64 is not sint64
    }

    public override void Fixed(int number, string name, ulong value)
    {
        Tag(number, EightBytes);
        Eight(value);
    }

    public override void FixedSmall(int number, string name, uint value)
    {
        Tag(number, FourBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);
        _length += 4;
    }

    public override void Real(int number, string name, double value)
    {
        Tag(number, EightBytes);
        Eight(BitConverter.DoubleToUInt64Bits(value));
    }

    public override void Reals(int number, string name, IReadOnlyList<double> values)
    {
        Tag(number, Counted);
        Number((ulong)values.Count * 8);
        foreach (var value in values)
        {
            Eight(BitConverter.DoubleToUInt64Bits(value));
        }
    }

    public override void Fixeds(int number, string name, IReadOnlyList<long> values)
    {
        Tag(number, Counted);
        Number((ulong)values.Count * 8);
        foreach (var value in values)
        {
            Eight((ulong)value);
        }
    }

    private void Tag(int number, int type) => Number(((ulong)number << 3) | (uint)type);

    private void Number(ulong value)
    {
        var room = Room(10);
        var at = 0;
        for (; value > 0x7F; value >>= 7)
        {
            room[at++] = (byte)(value & 0x7F | 0x80);
        }

        room[at++] = (byte)value;
        _length += at;
    }

    private void Eight(ulong bits)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Room(8), bits);
        _length += 8;
    }

    private void InsertLength(int start)
    {
        var size = _length - start;
        Number((ulong)size);
        var digits = _length - start - size;
        Span<byte> length = stackalloc byte[digits];
        _bytes.AsSpan(start + size, digits).CopyTo(length);
        _bytes.AsSpan(start, size).CopyTo(_bytes.AsSpan(start + digits));
        length.CopyTo(_bytes.AsSpan(start));
    }

    private Span<byte> Room(int size)
    {
        if (_bytes.Length - _length < size)
        {
            Array.Resize(ref _bytes, Math.Max(_length + size, _bytes.Length * 2));
        }

        return _bytes.AsSpan(_length);
    }
}
