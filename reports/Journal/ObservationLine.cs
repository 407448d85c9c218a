using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Journal;

/// <summary>
/// Writes the one kind of line that there is one of for every request, by hand: byte for byte what the serializer writes, for a small
/// part of its time. A test holds it to that.
/// </summary>
internal static class ObservationLine
{
    private static readonly byte[][] Phases = Names<Phase>();
    private static readonly byte[][] OutcomeNames = Names<Outcome>();
    private static readonly byte[][] TokenSources = Names<TokenSource>();

    // A run has a handful of cohorts, and each request has one.
    private static readonly ConditionalWeakTable<Cohort, byte[]> Cohorts = [];

    /// <summary>False for what only a caller's bug could bring, a not-a-number; the serializer has words for it.</summary>
    public static bool CanWrite(JournalEvent.Observation seen) => seen.RetryAfter is null or (>= 0 and < double.PositiveInfinity);

    public static void Write(LineBuffer line, JournalEvent.Observation seen)
    {
        line.Number("{\"t\":\"request\",\"at\":"u8, seen.At);
        line.Number(",\"arrival\":"u8, seen.Arrival);
        Number(line, ",\"conversation\":"u8, seen.Conversation);
        line.Text(",\"target\":"u8, seen.Target);
        Name(line, ",\"phase\":"u8, Phases[(int)seen.Phase]);
        line.Number(",\"block\":"u8, seen.Block);
        Name(line, ",\"cohort\":"u8, Cohorts.GetValue(seen.Cohort, static cohort => JsonSerializer.SerializeToUtf8Bytes(cohort, Json.Line)));
        line.Text(",\"promptId\":"u8, seen.PromptId);
        line.Number(",\"planned\":"u8, seen.Planned);
        Number(line, ",\"sent\":"u8, seen.Sent);
        Number(line, ",\"firstToken\":"u8, seen.FirstToken);
        Number(line, ",\"lastToken\":"u8, seen.LastToken);
        line.Number(",\"ended\":"u8, seen.Ended);
        Name(line, ",\"outcome\":"u8, OutcomeNames[(int)seen.Outcome]);
        Text(line, ",\"reason\":"u8, seen.Reason);
        Number(line, ",\"status\":"u8, seen.Status);
        Text(line, ",\"finishReason\":"u8, seen.FinishReason);
        Number(line, ",\"inputTokens\":"u8, seen.InputTokens);
        Number(line, ",\"outputTokens\":"u8, seen.OutputTokens);
        if (seen.TokenSource is { } source)
        {
            Name(line, ",\"tokenSource\":"u8, TokenSources[(int)source]);
        }

        Number(line, ",\"firstEventTokens\":"u8, seen.FirstEventTokens);
        Gaps(line, seen.Gaps);
        if (seen.RetryAfter is { } seconds)
        {
            line.Number(",\"retryAfter\":"u8, seconds);
        }

        Number(line, ",\"replica\":"u8, seen.Replica);
        line.Raw(seen.Degraded ? ",\"degraded\":true"u8 : ",\"degraded\":false"u8);
        Faults(line, seen.Faults);
        line.Text(",\"promptSha256\":"u8, seen.PromptSha256);
        if (seen.OutputSha256 is { } digest)
        {
            line.Digest(",\"outputSha256\":"u8, digest);
        }

        Number(line, ",\"outputChars\":"u8, seen.OutputChars);
        line.Raw("}"u8);
    }

    private static void Name(LineBuffer line, ReadOnlySpan<byte> before, byte[] name)
    {
        line.Raw(before);
        line.Raw(name);
    }

    private static void Number(LineBuffer line, ReadOnlySpan<byte> before, long? value)
    {
        if (value is { } known)
        {
            line.Number(before, known);
        }
    }

    private static void Text(LineBuffer line, ReadOnlySpan<byte> before, string? value)
    {
        if (value is not null)
        {
            line.Text(before, value);
        }
    }

    private static void Gaps(LineBuffer line, IReadOnlyList<TokenGap> gaps)
    {
        var count = gaps.Count;
        for (var at = 0; at < count; at++)
        {
            var gap = gaps[at];
            line.Number(at == 0 ? ",\"gaps\":[["u8 : "],["u8, gap.Nanos);
            line.Number(","u8, gap.Tokens);
        }

        line.Raw(count == 0 ? default : "]]"u8);
    }

    private static void Faults(LineBuffer line, IReadOnlyList<string> faults)
    {
        for (var at = 0; at < faults.Count; at++)
        {
            line.Text(at == 0 ? ",\"faults\":["u8 : ","u8, faults[at]);
        }

        line.Raw(faults.Count == 0 ? default : "]"u8);
    }

    /// <summary>By value, in quotes.</summary>
    private static byte[][] Names<T>()
        where T : struct, Enum =>
        [.. Enum.GetValues<T>().Order().Select(value => Encoding.UTF8.GetBytes($"\"{JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString())}\""))];
}
