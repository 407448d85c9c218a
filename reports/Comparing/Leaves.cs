using System.Globalization;
using System.Text.Json;

namespace ChaosBench.Reports.Comparing;

/// <summary>JSON as its leaves by path: <c>guardrails.injection</c> is <c>allow</c>. Bounded; the files come from others.</summary>
internal static class Leaves
{
    private const int Most = 200;

    /// <summary>Empty of what is no object.</summary>
    public static IReadOnlyDictionary<string, string> Of(JsonElement? json)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (json is { ValueKind: JsonValueKind.Object } known)
        {
            Add("", known, found);
        }

        return found;
    }

    private static void Add(string path, JsonElement json, Dictionary<string, string> found)
    {
        if (found.Count >= Most)
        {
            return;
        }

        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in json.EnumerateObject())
                {
                    Add(path.Length == 0 ? property.Name : $"{path}.{property.Name}", property.Value, found);
                }

                break;
            case JsonValueKind.Array:
                var at = 0;
                foreach (var item in json.EnumerateArray())
                {
                    Add($"{path}[{(at++).ToString(CultureInfo.InvariantCulture)}]", item, found);
                }

                break;
            case JsonValueKind.Null or JsonValueKind.Undefined:
                break;
            default:
                found[path] = json.ValueKind is JsonValueKind.True or JsonValueKind.False ? json.GetRawText() : json.ToString();
                break;
        }
    }
}
