using System.Text.Json;

namespace ChaosBench.Engine.Grading;

/// <summary>Compares two JSON objects field by field. White space and the order of fields do not count, everything else does.</summary>
internal static class JsonFieldGrader
{
    private const int MaxDetail = 200;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32 };

    /// <param name="Accuracy">1 when the answer has exactly the expected fields with the expected values.</param>
    /// <param name="FieldAccuracy">Share of the expected fields that are right.</param>
    /// <param name="Valid">1 when the answer is one JSON object and nothing else.</param>
    /// <param name="Detail">Names of expected fields that are wrong or missing, and how many were not asked for. Never output text.</param>
    public sealed record Result(double Accuracy, double FieldAccuracy, double Valid, string? Detail);

    /// <summary>Null when the expected value is no JSON object: then nothing can be graded.</summary>
    public static Result? Grade(string expected, string answer)
    {
        using var wanted = Parse(expected);
        if (wanted is null)
        {
            return null;
        }

        using var given = Parse(answer);
        if (given is null)
        {
            return new Result(0, 0, 0, "not one JSON object");
        }

        try
        {
            return Compare(wanted, given);
        }
        catch (InvalidOperationException)
        {
            // An escaped lone surrogate: JSON by its grammar, but no text.
            return new Result(0, 0, 0, "not one JSON object");
        }
    }

    private static Result Compare(JsonDocument wanted, JsonDocument given)
    {
        var fields = Fields(wanted.RootElement);
        var answers = Fields(given.RootElement);
        var wrong = fields
            .Where(field => !answers.TryGetValue(field.Key, out var value) || !JsonElement.DeepEquals(field.Value, value))
            .Select(field => field.Key).ToList();
        var extra = answers.Keys.Count(name => !fields.ContainsKey(name));
        var right = wrong.Count == 0 && extra == 0;
        return new Result(
            right ? 1 : 0,
            fields.Count == 0 ? (extra == 0 ? 1 : 0) : (fields.Count - wrong.Count) / (double)fields.Count,
            1,
            right ? null : OneLine.Of(Describe(wrong, extra), MaxDetail));
    }

    /// <summary>Of fields that are there twice the last counts, as with nearly every JSON reader.</summary>
    private static Dictionary<string, JsonElement> Fields(JsonElement element)
    {
        var fields = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            fields[property.Name] = property.Value;
        }

        return fields;
    }

    private static string Describe(List<string> wrong, int extra)
    {
        var names = string.Join(", ", wrong);
        return extra == 0 ? names : $"{names}{(names.Length > 0 ? ", " : "")}+{extra} not asked for";
    }

    private static JsonDocument? Parse(string text)
    {
        try
        {
            var document = JsonDocument.Parse(text, Strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (ArgumentException)
        {
            // Lone surrogates: no UTF-8, so no JSON.
            return null;
        }
    }
}
