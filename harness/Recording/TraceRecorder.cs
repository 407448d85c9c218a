using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Traces;

namespace ChaosBench.Harness.Recording;

/// <summary>From exchanges to lines of the trace: sampled, without secrets, redacted, counted.</summary>
internal sealed class TraceRecorder(RecordingOptions options, TraceFileWriter file)
{
    private const string SecretsName = "[key]";

    /// <summary>Characters of one row: each may take six bytes there, and no line that is longer than 16 MiB is read.</summary>
    private const long MostText = 2_500_000;

    private readonly Sessions _sessions = new();
    private long _number;

    public RecordingCounts Counts { get; } = new();

    public long NextNumber() => Interlocked.Increment(ref _number);

    /// <summary>Whether a request may be kept: a session is in the sample as a whole.</summary>
    public bool IsSampled(long number, string? session) => options.Sample >= 1
        || KeyedHash.Coin(options.Seed, "record", session ?? FormattableString.Invariant($"#{number}"), options.Sample);

    /// <summary>At its arrival; null: no session that is known.</summary>
    public Sessions.Place? Enter(string? session, long at) => _sessions.Enter(session, at);

    /// <summary>Once it is over, however.</summary>
    public Passed Keep(Exchange exchange, Sessions.Place? place)
    {
        if (place is not null)
        {
            _sessions.Leave(exchange.Session!, exchange.EndedAt);
        }

        if (exchange.Body is null)
        {
            return Passed.TooLarge;
        }

        // An answer that was cut off is none to hold another against.
        if (RecordedExchange.Read(exchange.Body, exchange.CutShort ? null : exchange.Reply, exchange.Status, exchange.At) is not TraceItem.Row { Record: var record })
        {
            return Passed.NoModelCall;
        }

        string Clean(string text) => Redacted(text, exchange.Secrets);
        var kept = record with
        {
            Messages = options.LengthsOnly ? null : record.Messages?.Select(message => new ChatMessage(Clean(message.Role), Clean(message.Content))).ToList(),
            Answer = options.LengthsOnly || record.Answer is null ? null : Clean(record.Answer),
            Cohort = record.Cohort is { } model ? Clean(model) : null,
            Failed = exchange.CutShort || exchange.Status is null or >= 400,
            Session = place?.Name,
            Turn = place?.Turn,
            Delay = place?.Delay,
        };
        if (kept is { Messages: null, InputTokens: null })
        {
            // Neither words nor their number: there would be nothing to ask.
            return Passed.NoModelCall;
        }

        if ((kept.Messages?.Sum(message => (long)message.Content.Length) ?? 0) + (kept.Answer?.Length ?? 0) > MostText)
        {
            return Passed.TooLarge;
        }

        return file.Write(kept) ? Passed.Recorded : Passed.OverLimit;
    }

    private string Redacted(string text, IReadOnlyList<string> secrets)
    {
        // Also without redaction: these are the client's keys, and no part of what it asked.
        foreach (var secret in secrets)
        {
            text = text.Replace(secret, SecretsName, StringComparison.Ordinal);
        }

        return options.Redaction is { } rules ? rules.Rules.Aggregate(text, (left, rule) => rule.Apply(left)) : text;
    }
}
