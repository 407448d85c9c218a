using System.Text.Json;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Files.Keys;
using ChaosBench.Scenarios.Files.Yaml;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Prompts.Reading;

/// <summary>The <c>assert</c> of one row: the same keys as in a line of the mix, but for files, which rows cannot name.</summary>
internal static class RowAssertions
{
    /// <summary>Never quotes the row.</summary>
    public const string Wrong = "its assert is not understood; write it like {\"regex\": \"^yes\", \"maxChars\": 200}, with the keys of assert: in a scenario except jsonSchema";

    /// <summary>Null: it is wrong. Empty: the row has none.</summary>
    public static IReadOnlyList<Assertion>? Of(JsonElement row)
    {
        if (!row.TryGetProperty("assert", out var given) || given.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        // JSON is YAML: one table reads both. Nothing is opened, so a schema's file would be read by nobody.
        var scratch = new Files.Reading("", new ReadOptions());
        return given.ValueKind == JsonValueKind.Object && !given.TryGetProperty("jsonSchema", out _)
            && NodeTree.Parse(given.GetRawText(), scratch) is { } node && AssertionKeys.Assert.Kind.TryRead(node, scratch, out var assertions)
            ? assertions : null;
    }
}
