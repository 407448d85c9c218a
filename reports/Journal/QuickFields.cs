using System.Text.Json;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Journal;

/// <summary>Properties that <see cref="QuickLine"/> reads. A line with another one goes the general way.</summary>
internal enum QuickName
{
    Unknown,
    At,
    Arrival,
    Conversation,
    Planned,
    Sent,
    FirstToken,
    LastToken,
    Ended,
    Block,
    Status,
    InputTokens,
    OutputTokens,
    TokenSource,
    FirstEventTokens,
    Replica,
    OutputChars,
    Target,
    PromptId,
    PromptSha256,
    OutputSha256,
    FinishReason,
    Reason,
    Phase,
    Outcome,
    Degraded,
    Gaps,
    Cohort,
    Grader,
    Value,
    Detail,
}

/// <summary>The fields of a line as they come by; null: not there (yet).</summary>
internal struct QuickFields
{
    public long? At, Planned, Sent, FirstToken, LastToken, Ended;
    public Sha256Digest? OutputSha256;
    public int? Arrival, Conversation, Block, Status, InputTokens, OutputTokens, FirstEventTokens, Replica, OutputChars;
    public string? Target, PromptId, PromptSha256, FinishReason, Reason, Grader, Detail;
    public double? Value;
    public Phase? Phase;
    public Outcome? Outcome;
    public TokenSource? TokenSource;
    public Cohort? Cohort;
    public TokenGap[]? Gaps;
    public bool Degraded;

    public static QuickName NameOf(ref Utf8JsonReader reader)
    {
        var name = reader.ValueSpan;
        return name.Length switch
        {
            2 => Is(name, "at"u8) ? QuickName.At
                : QuickName.Unknown,
            4 => Is(name, "sent"u8) ? QuickName.Sent
                : Is(name, "gaps"u8) ? QuickName.Gaps
                : QuickName.Unknown,
            5 => Is(name, "ended"u8) ? QuickName.Ended
                : Is(name, "block"u8) ? QuickName.Block
                : Is(name, "phase"u8) ? QuickName.Phase
                : Is(name, "value"u8) ? QuickName.Value
                : QuickName.Unknown,
            6 => Is(name, "status"u8) ? QuickName.Status
                : Is(name, "target"u8) ? QuickName.Target
                : Is(name, "reason"u8) ? QuickName.Reason
                : Is(name, "cohort"u8) ? QuickName.Cohort
                : Is(name, "grader"u8) ? QuickName.Grader
                : Is(name, "detail"u8) ? QuickName.Detail
                : QuickName.Unknown,
            7 => Is(name, "arrival"u8) ? QuickName.Arrival
                : Is(name, "planned"u8) ? QuickName.Planned
                : Is(name, "replica"u8) ? QuickName.Replica
                : Is(name, "outcome"u8) ? QuickName.Outcome
                : QuickName.Unknown,
            8 => Is(name, "promptId"u8) ? QuickName.PromptId
                : Is(name, "degraded"u8) ? QuickName.Degraded
                : QuickName.Unknown,
            9 => Is(name, "lastToken"u8) ? QuickName.LastToken
                : QuickName.Unknown,
            10 => Is(name, "firstToken"u8) ? QuickName.FirstToken
                : QuickName.Unknown,
            11 => Is(name, "inputTokens"u8) ? QuickName.InputTokens
                : Is(name, "outputChars"u8) ? QuickName.OutputChars
                : Is(name, "tokenSource"u8) ? QuickName.TokenSource
                : QuickName.Unknown,
            12 => Is(name, "outputTokens"u8) ? QuickName.OutputTokens
                : Is(name, "promptSha256"u8) ? QuickName.PromptSha256
                : Is(name, "outputSha256"u8) ? QuickName.OutputSha256
                : Is(name, "finishReason"u8) ? QuickName.FinishReason
                : Is(name, "conversation"u8) ? QuickName.Conversation
                : QuickName.Unknown,
            16 => Is(name, "firstEventTokens"u8) ? QuickName.FirstEventTokens
                : QuickName.Unknown,
            _ => QuickName.Unknown,
        };
    }

    /// <summary>Null when a required field is missing.</summary>
    public readonly JournalEvent.Score? ToScore() => At is { } at && Arrival is { } arrival && Grader is not null
        ? new JournalEvent.Score { At = at, Arrival = arrival, Grader = Grader, Value = Value, Detail = Detail } : null;

    /// <summary>Null when a required field is missing.</summary>
    public readonly JournalEvent.Observation? ToObservation()
    {
        if (At is not { } at || Arrival is not { } arrival || Target is null || Phase is not { } phase || Block is not { } block
            || Cohort is null || PromptId is null || Planned is not { } planned || Ended is not { } ended || Outcome is not { } outcome
            || PromptSha256 is null)
        {
            return null;
        }

        return new JournalEvent.Observation
        {
            At = at,
            Arrival = arrival,
            Conversation = Conversation,
            Target = Target,
            Phase = phase,
            Block = block,
            Cohort = Cohort,
            PromptId = PromptId,
            Planned = planned,
            Sent = Sent,
            FirstToken = FirstToken,
            LastToken = LastToken,
            Ended = ended,
            Outcome = outcome,
            Reason = Reason,
            Status = Status,
            FinishReason = FinishReason,
            InputTokens = InputTokens,
            OutputTokens = OutputTokens,
            TokenSource = TokenSource,
            FirstEventTokens = FirstEventTokens,
            Gaps = Gaps ?? [],
            Replica = Replica,
            Degraded = Degraded,
            PromptSha256 = PromptSha256,
            OutputSha256 = OutputSha256,
            OutputChars = OutputChars,
        };
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => name.SequenceEqual(known);
}
