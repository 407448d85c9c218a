using System.Text.Json;

namespace ChaosBench.Scenarios.Prompts.Reading;

/// <summary>Tags of prompts, bounded: they become cohorts of the report.</summary>
internal static class PromptTags
{
    private const int MaxTags = 16;
    private const int MaxLength = 64;

    public static IReadOnlyDictionary<string, string> None { get; } = new SortedDictionary<string, string>();

    public static IReadOnlyDictionary<string, string> Of(params ReadOnlySpan<(string Key, string? Value)> tags)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            Add(result, key, value);
        }

        return result;
    }

    public static IReadOnlyDictionary<string, string> With(
        this IReadOnlyDictionary<string, string> tags, params ReadOnlySpan<(string Key, string? Value)> more)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            result[key] = value;
        }

        foreach (var (key, value) in more)
        {
            result.Remove(key);
            Add(result, key, value);
        }

        return result;
    }

    /// <summary>From a JSON object of texts, numbers and booleans; anything else in it is left out.</summary>
    public static IReadOnlyDictionary<string, string> Read(JsonElement element)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in element.EnumerateObject())
            {
                Add(result, property.Name, JsonRow.Scalar(property.Value));
            }
        }

        return result;
    }

    private static void Add(SortedDictionary<string, string> tags, string key, string? value)
    {
        if (value is { Length: > 0 and <= MaxLength } && key.Length is > 0 and <= MaxLength && tags.Count < MaxTags)
        {
            tags[key.ToLowerInvariant()] = value;
        }
    }
}
