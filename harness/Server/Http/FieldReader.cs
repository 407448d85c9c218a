using System.Text.Json;

namespace ChaosBench.Server.Http;

/// <summary>
/// Typed fields of one JSON object. The first thing that is wrong is kept in <see cref="Error"/> and every later read gives its
/// default, so that a parser reads straight on and looks once at the end. Of a name that is given twice the last counts; null
/// counts as absent.
/// </summary>
internal sealed class FieldReader
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);

    public FieldReader(JsonElement source)
    {
        foreach (var property in source.EnumerateObject())
        {
            _fields[JsonText.NameOf(property)] = property.Value;
        }
    }

    public ApiError? Error { get; private set; }

    public void Fail(ApiError? error) => Error ??= error;

    public JsonElement? Any(string name) =>
        _fields.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public string? Text(string name) => Of(name, JsonValueKind.String, "a string") is { } value ? JsonText.ValueOf(value) : null;

    /// <summary>The text when it is one; anything else is left alone.</summary>
    public string? TextIfAny(string name) =>
        Any(name) is { ValueKind: JsonValueKind.String } value ? JsonText.ValueOf(value) : null;

    public bool Flag(string name)
    {
        if (Any(name) is not { } value)
        {
            return false;
        }

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            FailType(name, "true or false", value);
            return false;
        }

        return value.ValueKind == JsonValueKind.True;
    }

    /// <summary>A number too large for a double is infinite here and out of every range later.</summary>
    public double? Number(string name) => Of(name, JsonValueKind.Number, "a number") is { } value ? value.GetDouble() : null;

    public long? Whole(string name)
    {
        if (Of(name, JsonValueKind.Number, "an integer") is not { } value)
        {
            return null;
        }

        if (!value.TryGetInt64(out var whole))
        {
            Fail(ApiError.Bad(name, $"{name} must be an integer of at most 64 bits.", "invalid_type"));
            return null;
        }

        return whole;
    }

    public FieldReader? Nested(string name)
    {
        if (Of(name, JsonValueKind.Object, "an object") is not { } value)
        {
            return null;
        }

        return new FieldReader(value);
    }

    public JsonElement? List(string name) => Of(name, JsonValueKind.Array, "an array");

    private JsonElement? Of(string name, JsonValueKind kind, string expected)
    {
        if (Any(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != kind)
        {
            FailType(name, expected, value);
            return null;
        }

        return value;
    }

    public void FailType(string param, string expected, JsonElement actual) =>
        Fail(ApiError.Bad(param, $"{param} must be {expected}, not {Describe(actual)}.", "invalid_type"));

    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };
}
