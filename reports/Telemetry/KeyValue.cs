namespace ChaosBench.Reports.Telemetry;

/// <summary>Something said about a span, an event, a point or a resource. Keys are unique in their list.</summary>
/// <param name="Key">Of the semantic conventions, or <c>chaosbench.*</c>.</param>
public sealed record KeyValue(string Key, AttributeValue Value)
{
    public static KeyValue Of(string key, string value) => new(key, new AttributeValue.Text(value));

    public static KeyValue Of(string key, long value) => new(key, new AttributeValue.Whole(value));

    public static KeyValue Of(string key, double value) => new(key, new AttributeValue.Real(value));

    public static KeyValue Of(string key, bool value) => new(key, new AttributeValue.Flag(value));

    public static KeyValue Of(string key, IReadOnlyList<string> values) => new(key, new AttributeValue.Texts(values));
}

/// <summary>A closed set: what OTLP's AnyValue has and we use.</summary>
public abstract record AttributeValue
{
    private AttributeValue() { }

    /// <summary>May hold anything; lone surrogates are written as U+FFFD.</summary>
    public sealed record Text(string Value) : AttributeValue;

    public sealed record Whole(long Value) : AttributeValue;

    public sealed record Real(double Value) : AttributeValue;

    public sealed record Flag(bool Value) : AttributeValue;

    public sealed record Texts(IReadOnlyList<string> Values) : AttributeValue;
}
