using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Journal;

/// <summary>
/// Writes the one kind of line that there is one of for every request, without reflection: byte for byte what the serializer writes, for
/// a third of its time. A test holds it to that.
/// </summary>
internal static class ObservationLine
{
    private static readonly FrozenDictionary<Phase, JsonEncodedText> Phases = Names<Phase>();
    private static readonly FrozenDictionary<Outcome, JsonEncodedText> OutcomeNames = Names<Outcome>();
    private static readonly FrozenDictionary<TokenSource, JsonEncodedText> TokenSources = Names<TokenSource>();

    // A run has a handful of cohorts, and each request has one.
    private static readonly ConditionalWeakTable<Cohort, byte[]> Cohorts = [];

    public static void Write(Utf8JsonWriter json, JournalEvent.Observation seen)
    {
        json.WriteStartObject();
        json.WriteString("t"u8, "request"u8);
        json.WriteNumber("at"u8, seen.At);
        json.WriteNumber("arrival"u8, seen.Arrival);
        json.WriteString("target"u8, seen.Target);
        json.WriteString("phase"u8, Phases[seen.Phase]);
        json.WriteNumber("block"u8, seen.Block);
        json.WritePropertyName("cohort"u8);
        json.WriteRawValue(Cohorts.GetValue(seen.Cohort, static cohort => JsonSerializer.SerializeToUtf8Bytes(cohort, Json.Line)), skipInputValidation: true);
        json.WriteString("promptId"u8, seen.PromptId);
        json.WriteNumber("planned"u8, seen.Planned);
        Number(json, "sent"u8, seen.Sent);
        Number(json, "firstToken"u8, seen.FirstToken);
        Number(json, "lastToken"u8, seen.LastToken);
        json.WriteNumber("ended"u8, seen.Ended);
        json.WriteString("outcome"u8, OutcomeNames[seen.Outcome]);
        Text(json, "reason"u8, seen.Reason);
        Number(json, "status"u8, seen.Status);
        Text(json, "finishReason"u8, seen.FinishReason);
        Number(json, "inputTokens"u8, seen.InputTokens);
        Number(json, "outputTokens"u8, seen.OutputTokens);
        if (seen.TokenSource is { } source)
        {
            json.WriteString("tokenSource"u8, TokenSources[source]);
        }

        Number(json, "firstEventTokens"u8, seen.FirstEventTokens);
        Gaps(json, seen.Gaps);
        if (seen.RetryAfter is { } seconds)
        {
            json.WriteNumber("retryAfter"u8, seconds);
        }

        Number(json, "replica"u8, seen.Replica);
        json.WriteBoolean("degraded"u8, seen.Degraded);
        Faults(json, seen.Faults);
        json.WriteString("promptSha256"u8, seen.PromptSha256);
        Digest(json, "outputSha256"u8, seen.OutputSha256);
        Number(json, "outputChars"u8, seen.OutputChars);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known);
        }
    }

    private static void Text(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Digest(Utf8JsonWriter json, ReadOnlySpan<byte> name, Sha256Digest? value)
    {
        if (value is { } known)
        {
            Span<byte> hex = stackalloc byte[64];
            known.Format(hex);
            json.WriteString(name, hex);
        }
    }

    private static void Gaps(Utf8JsonWriter json, IReadOnlyList<TokenGap> gaps)
    {
        if (gaps.Count == 0)
        {
            return;
        }

        json.WriteStartArray("gaps"u8);
        for (var at = 0; at < gaps.Count; at++)
        {
            json.WriteStartArray();
            json.WriteNumberValue(gaps[at].Nanos);
            json.WriteNumberValue(gaps[at].Tokens);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void Faults(Utf8JsonWriter json, IReadOnlyList<string> faults)
    {
        if (faults.Count == 0)
        {
            return;
        }

        json.WriteStartArray("faults"u8);
        foreach (var fault in faults)
        {
            json.WriteStringValue(fault);
        }

        json.WriteEndArray();
    }

    private static FrozenDictionary<T, JsonEncodedText> Names<T>()
        where T : struct, Enum =>
        Enum.GetValues<T>().ToFrozenDictionary(value => value, value => JsonEncodedText.Encode(JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString())));
}
