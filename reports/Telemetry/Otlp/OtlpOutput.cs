using System.Globalization;

namespace ChaosBench.Reports.Telemetry.Otlp;

/// <summary>
/// Takes the fields of OTLP messages one after the other. One walk over the data (<see cref="OtlpDocument"/>) makes both encodings, so
/// that they cannot disagree: the number names a field in protobuf, the name (proto's lowerCamelCase) in JSON.
/// </summary>
internal abstract class OtlpOutput
{
    /// <summary>A field that is one message.</summary>
    public abstract void Message<T>(int number, string name, T item, Action<OtlpOutput, T> write);

    /// <summary>A repeated field of messages; nothing at all when it is empty.</summary>
    public abstract void Messages<T>(int number, string name, IReadOnlyList<T> items, Action<OtlpOutput, T> write);

    /// <summary>Nothing when it is empty: proto3 does not tell that from left out.</summary>
    public abstract void Text(int number, string name, string value);

    /// <summary>A string that is a oneof's choice, so that an empty one counts.</summary>
    public abstract void ChosenText(int number, string name, string value);

    /// <summary>An id: bytes in protobuf, hex digits in JSON (where OTLP departs from proto's base64).</summary>
    public abstract void Id(int number, string name, ReadOnlySpan<byte> bytes);

    /// <summary>uint32, enum: a number in both.</summary>
    public abstract void Small(int number, string name, int value);

    public abstract void Flag(int number, string name, bool value);

    /// <summary>int64 of a oneof: a decimal string in JSON.</summary>
    public abstract void Whole(int number, string name, long value);

    /// <summary>fixed64: a decimal string in JSON.</summary>
    public abstract void Fixed(int number, string name, ulong value);

    /// <summary>fixed32: a number in JSON.</summary>
    public abstract void FixedSmall(int number, string name, uint value);

    public abstract void Real(int number, string name, double value);

    /// <summary>Packed in protobuf.</summary>
    public abstract void Reals(int number, string name, IReadOnlyList<double> values);

    /// <summary>fixed64, packed in protobuf, decimal strings in JSON.</summary>
    public abstract void Fixeds(int number, string name, IReadOnlyList<long> values);

    protected static string Digits(long value) => value.ToString(CultureInfo.InvariantCulture);

    protected static string Digits(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
