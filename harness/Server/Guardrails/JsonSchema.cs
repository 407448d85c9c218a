using System.Text.Json;
using System.Text.RegularExpressions;

namespace ChaosBench.Server.Guardrails;

/// <summary>
/// A subset of JSON Schema 2020-12: <c>type, enum, const, properties, required, additionalProperties, items, minItems, maxItems,
/// minLength, maxLength, pattern, minimum, maximum</c> and <c>true</c>/<c>false</c>; <c>$schema, $id, title, description</c> are
/// read over. Every other keyword is an error, because to ignore it would let through what it forbids.
/// </summary>
public sealed class JsonSchema
{
    private const int Deepest = 16;
    private const int LongestText = 256 << 10;
    private static readonly string[] Types = ["object", "array", "string", "number", "integer", "boolean", "null"];

    private readonly List<Func<JsonElement, string?>> _rules = [];

    private JsonSchema()
    {
    }

    /// <exception cref="FormatException">Not JSON, or not of this subset; the message tells the place.</exception>
    public static JsonSchema Parse(string text)
    {
        if (text.Length > LongestText)
        {
            throw new FormatException($"the schema has {text.Length} characters; at most {LongestText} are read");
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 4 * Deepest });
            return Read(document.RootElement.Clone(), "#", 0);
        }
        catch (JsonException problem)
        {
            throw new FormatException($"the schema is not JSON (line {problem.LineNumber + 1})", problem);
        }
    }

    /// <summary>The first rule that is broken, by its place in the schema; null when there is none. Never quotes the value.</summary>
    public string? Violation(JsonElement value) => _rules.Select(rule => rule(value)).FirstOrDefault(broken => broken is not null);

    private static JsonSchema Read(JsonElement schema, string place, int depth)
    {
        var read = new JsonSchema();
        if (depth > Deepest)
        {
            throw new FormatException($"{place}: schemas nest at most {Deepest} deep");
        }

        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            read._rules.Add(_ => schema.ValueKind == JsonValueKind.True ? null : place);
            return read;
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"{place}: a schema is an object, true or false");
        }

        foreach (var keyword in schema.EnumerateObject())
        {
            read.Add(schema, keyword.Name, keyword.Value, $"{place}/{keyword.Name}", depth);
        }

        return read;
    }

    private void Add(JsonElement schema, string keyword, JsonElement given, string place, int depth)
    {
        switch (keyword)
        {
            case "$schema" or "$id" or "title" or "description":
                return;
            case "type":
                JsonElement[] named = given.ValueKind == JsonValueKind.Array ? [.. given.EnumerateArray()] : [given];
                var types = named.Select(type => Text(type, place)).ToArray();
                Require(types.Length > 0 && types.All(Types.Contains), place, "one or several of " + string.Join(", ", Types));
                Rule(place, value => types.Any(type => IsOf(value, type)));
                return;
            case "const":
                Rule(place, value => JsonElement.DeepEquals(value, given));
                return;
            case "enum":
                Require(given.ValueKind == JsonValueKind.Array, place, "a list");
                Rule(place, value => given.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)));
                return;
            case "properties" or "required" or "additionalProperties":
                AddToObjects(schema, keyword, given, place, depth);
                return;
            case "items":
                var items = Read(given, place, depth + 1);
                _rules.Add(value => value.ValueKind != JsonValueKind.Array ? null
                    : value.EnumerateArray().Select(items.Violation).FirstOrDefault(broken => broken is not null));
                return;
            case "pattern":
                var pattern = Pattern(Text(given, place), place);
                Rule(place, value => value.ValueKind != JsonValueKind.String || pattern.IsMatch(value.GetString()!));
                return;
            default:
                AddLimit(keyword, given, place);
                return;
        }
    }

    private void AddToObjects(JsonElement schema, string keyword, JsonElement given, string place, int depth)
    {
        switch (keyword)
        {
            case "properties":
                Require(given.ValueKind == JsonValueKind.Object, place, "an object");
                foreach (var property in given.EnumerateObject())
                {
                    var inner = Read(property.Value, $"{place}/{property.Name}", depth + 1);
                    _rules.Add(value => IsOf(value, "object") && value.TryGetProperty(property.Name, out var found) ? inner.Violation(found) : null);
                }

                return;
            case "required":
                Require(given.ValueKind == JsonValueKind.Array, place, "a list of names");
                var names = given.EnumerateArray().Select(name => Text(name, place)).ToArray();
                Rule(place, value => !IsOf(value, "object") || names.All(name => value.TryGetProperty(name, out _)));
                return;
            default:
                var known = schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
                    ? properties.EnumerateObject().Select(property => property.Name).ToHashSet(StringComparer.Ordinal)
                    : [];
                var others = Read(given, place, depth + 1);
                _rules.Add(value => !IsOf(value, "object") ? null : value.EnumerateObject()
                    .Where(entry => !known.Contains(entry.Name)).Select(entry => others.Violation(entry.Value)).FirstOrDefault(broken => broken is not null));
                return;
        }
    }

    private void AddLimit(string keyword, JsonElement given, string place)
    {
        Func<JsonElement, double?> measure = keyword switch
        {
            "minItems" or "maxItems" => value => IsOf(value, "array") ? value.GetArrayLength() : null,
            // Characters are code points here, as the standard has it.
            "minLength" or "maxLength" => value => IsOf(value, "string") ? value.GetString()!.EnumerateRunes().Count() : null,
            "minimum" or "maximum" => value => IsOf(value, "number") ? value.GetDouble() : null,
            _ => throw new FormatException($"{place}: the keyword '{keyword}' is not supported"),
        };
        var limit = 0.0;
        Require(given.ValueKind == JsonValueKind.Number && given.TryGetDouble(out limit), place, "a number");
        var isLeast = keyword.StartsWith("min", StringComparison.Ordinal);
        Rule(place, value => measure(value) is not { } size || (isLeast ? size >= limit : size <= limit));
    }

    private void Rule(string place, Func<JsonElement, bool> holds) => _rules.Add(value => holds(value) ? null : place);

    private static bool IsOf(JsonElement value, string type) => value.ValueKind switch
    {
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        JsonValueKind.Number => type == "number" || (type == "integer" && value.GetDouble() is var number && Math.Floor(number) == number),
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        _ => type == "null",
    };

    private static Regex Pattern(string pattern, string place)
    {
        try
        {
            // Without backtracking no record can make a pattern slow.
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception problem) when (problem is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"{place}: not a pattern, or one that needs backtracking", problem);
        }
    }

    private static string Text(JsonElement value, string place)
    {
        Require(value.ValueKind == JsonValueKind.String, place, "text");
        return value.GetString()!;
    }

    private static void Require(bool holds, string place, string what)
    {
        if (!holds)
        {
            throw new FormatException($"{place}: not {what}");
        }
    }
}
