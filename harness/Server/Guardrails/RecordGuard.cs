using System.Text.Json;
using ChaosBench.Server.Dependencies;

namespace ChaosBench.Server.Guardrails;

/// <summary>
/// Tells a record that may be served from a poisoned one. Always: an object of at most 16 levels, <c>tier</c> (where there is one)
/// a string of 1 to 32 characters, and in no string or name a control or invisible character, a lone surrogate or a marker of
/// prompt injection. Beyond that what the schema asks for.
/// </summary>
internal sealed class RecordGuard(JsonSchema? schema, int maxBytes)
{
    private const int Deepest = 16;
    private const int LongestTier = 32;

    /// <summary>The record, or the rule that it breaks.</summary>
    public (ContextRecord? Record, string? Broken) Inspect(StoredRecord stored)
    {
        if (stored.Bytes > maxBytes || (stored.Json is null && stored.Bytes > 0))
        {
            return (null, GuardRules.RecordTooLarge);
        }

        if (stored.Json is not { } json)
        {
            return (ContextRecord.Unknown with { Key = stored.Key }, null);
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Deepest });
            var root = document.RootElement;
            return Broken(root) is { } rule ? (null, rule) : (new ContextRecord(stored.Key, TierOf(root)), null);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            // The latter: an escape that is no character.
            return (null, GuardRules.RecordNotJson);
        }
    }

    private string? Broken(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object
            || (root.TryGetProperty("tier", out var tier) && !(tier.ValueKind == JsonValueKind.String && tier.GetString()!.Length is >= 1 and <= LongestTier)))
        {
            return GuardRules.RecordType;
        }

        return BrokenText(root) ?? (schema?.Violation(root) is null ? null : GuardRules.RecordSchema);
    }

    private static string? BrokenText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => BrokenText(value.GetString()!),
        JsonValueKind.Array => value.EnumerateArray().Select(BrokenText).FirstOrDefault(rule => rule is not null),
        JsonValueKind.Object => value.EnumerateObject().Select(entry => BrokenText(entry.Name) ?? BrokenText(entry.Value))
            .FirstOrDefault(rule => rule is not null),
        _ => null,
    };

    private static string? BrokenText(string text) => TextScan.Of(text) is not TextTraits.None and var traits
        ? GuardRules.Of(traits)
        : InjectionMarkers.IsIn(text) ? GuardRules.Injection : null;

    private static string TierOf(JsonElement root) =>
        root.TryGetProperty("tier", out var tier) ? tier.GetString()! : ContextRecord.Unknown.Tier;
}
