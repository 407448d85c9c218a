using System.Buffers.Binary;

namespace ChaosBench.Chaos.Models;

/// <summary>How one number of a weight is kept. Bits count from the least significant one.</summary>
/// <param name="Bytes">Of one number.</param>
/// <param name="Mantissa">Bits of the mantissa; the exponent and the sign lie above. 0: an integer.</param>
internal sealed record WeightType(string Name, int Bytes, int Mantissa)
{
    private static readonly Dictionary<long, WeightType> Known = new()
    {
        [1] = new("f32", 4, 23), [2] = new("u8", 1, 0), [3] = new("i8", 1, 0), [10] = new("f16", 2, 10), [11] = new("f64", 8, 52), [16] = new("bf16", 2, 7),
    };

    public int Bits => Bytes * 8;

    /// <summary>It can be read and written as a number.</summary>
    public bool IsFloat => this == Known[1] || this == Known[10];

    /// <summary>By the number of TensorProto.DataType; null for what no fault touches: shapes, indices, texts.</summary>
    public static WeightType? Of(long dataType) => Known.GetValueOrDefault(dataType);

    /// <summary>The bits of one class: null where the type has none such.</summary>
    public (int First, int Count)? Range(BitClass bits) => bits switch
    {
        BitClass.Any => (0, Bits),
        BitClass.Sign => (Bits - 1, 1),
        _ when Mantissa == 0 => null,
        BitClass.Mantissa => (0, Mantissa),
        BitClass.Exponent => (Mantissa, Bits - 1 - Mantissa),
        BitClass.ExponentTop => (Bits - 2, 1),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public float Read(ReadOnlySpan<byte> number) =>
        Bytes == 2 ? (float)BinaryPrimitives.ReadHalfLittleEndian(number) : BinaryPrimitives.ReadSingleLittleEndian(number);

    public void Write(Span<byte> number, float value)
    {
        if (Bytes == 2)
        {
            BinaryPrimitives.WriteHalfLittleEndian(number, (Half)value);
        }
        else
        {
            BinaryPrimitives.WriteSingleLittleEndian(number, value);
        }
    }
}

/// <summary>Which bits of a number: the upper ones hurt more.</summary>
internal enum BitClass
{
    Any,
    Sign,
    Exponent,

    /// <summary>The topmost bit of the exponent: a small number becomes huge.</summary>
    ExponentTop,
    Mantissa,
}
