using System.Text;
using System.Text.Json;

namespace ChaosBench.Reports.Telemetry.Otlp;

/// <summary>OTLP/JSON: lowerCamelCase names, ids as hex, 64-bit integers as strings, enums as numbers.</summary>
internal sealed class OtlpJson(Utf8JsonWriter json) : OtlpOutput
{
    public override void Message<T>(int number, string name, T item, Action<OtlpOutput, T> write)
    {
        json.WriteStartObject(name);
        write(this, item);
        json.WriteEndObject();
    }

    public override void Messages<T>(int number, string name, IReadOnlyList<T> items, Action<OtlpOutput, T> write)
    {
        if (items.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(this, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public override void Text(int number, string name, string value)
    {
        if (value.Length > 0)
        {
            ChosenText(number, name, value);
        }
    }

    /// <summary>By way of bytes: the JSON writer throws on lone surrogates, the encoding replaces them.</summary>
    public override void ChosenText(int number, string name, string value) => json.WriteString(Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));

    public override void Id(int number, string name, ReadOnlySpan<byte> bytes) => json.WriteString(name, Convert.ToHexStringLower(bytes));

    public override void Small(int number, string name, int value)
    {
        if (value != 0)
        {
            json.WriteNumber(name, value);
        }
    }

    public override void Flag(int number, string name, bool value) => json.WriteBoolean(name, value);

    public override void Whole(int number, string name, long value) => json.WriteString(name, Digits(value));

    public override void Fixed(int number, string name, ulong value) => json.WriteString(name, Digits(value));

    public override void FixedSmall(int number, string name, uint value) => json.WriteNumber(name, value);

    public override void Real(int number, string name, double value)
    {
        json.WritePropertyName(name);
        Write(value);
    }

    public override void Reals(int number, string name, IReadOnlyList<double> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            Write(value);
        }

        json.WriteEndArray();
    }

    public override void Fixeds(int number, string name, IReadOnlyList<long> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(Digits(value));
        }

        json.WriteEndArray();
    }

    /// <summary>As proto's JSON has what JSON lacks.</summary>
    private void Write(double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumberValue(value);
        }
        else
        {
            json.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
        }
    }
}
