using System.Collections.Concurrent;

namespace ChaosBench.Server.Guardrails;

/// <summary>The rules by name, as they are in errors, events and metrics.</summary>
internal static class GuardRules
{
    public const string TooLong = "prompt_too_long";
    public const string TooManyTokens = "too_many_tokens";
    public const string Surrogates = "lone_surrogates";
    public const string Controls = "control_characters";
    public const string Invisible = "invisible_characters";
    public const string Injection = "injection_marker";
    public const string RecordTooLarge = "record_too_large";
    public const string RecordNotJson = "record_not_json";
    public const string RecordType = "record_wrong_type";
    public const string RecordSchema = "record_schema";

    /// <summary>The gravest of several.</summary>
    public static string Of(TextTraits traits) =>
        (traits & TextTraits.LoneSurrogate) != 0 ? Surrogates : (traits & TextTraits.Control) != 0 ? Controls : Invisible;

    public static string Words(string rule) => rule.Replace('_', ' ');
}

/// <summary>How often which rule did what since the server started.</summary>
internal sealed class GuardrailCounts
{
    // Both names are from closed lists, so that it stays small.
    private readonly ConcurrentDictionary<(string Rule, string Action), long> _hits = new();

    public IReadOnlyList<GuardrailHits> All =>
        [.. _hits.Select(hit => new GuardrailHits(hit.Key.Rule, hit.Key.Action, hit.Value)).OrderBy(hit => (hit.Rule, hit.Action))];

    public void Add(string rule, string action) => _hits.AddOrUpdate((rule, action), 1, static (_, count) => count + 1);
}

/// <param name="Action"><c>refuse</c>, <c>sanitise</c>, <c>quarantine</c>, or <c>withhold</c>: a record that was in quarantine already.</param>
public sealed record GuardrailHits(string Rule, string Action, long Count);
