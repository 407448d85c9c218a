using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Measuring;

/// <summary>What the measurements keep of an observation; the meaning of each field is that of <see cref="JournalEvent.Observation"/>.</summary>
internal sealed record RawRequest(
    int Arrival, string Target, Phase Phase, int Block, Cohort Cohort, string PromptId, Outcome Outcome)
{
    public string? Reason { get; init; }
    public int? Status { get; init; }
    public bool Degraded { get; init; }
    public int? Replica { get; init; }
    public IReadOnlyList<string> Faults { get; init; } = [];
    public required long Planned { get; init; }
    public long? Sent { get; init; }
    public long? FirstToken { get; init; }
    public long? LastToken { get; init; }
    public required long Ended { get; init; }
    public int? InputTokens { get; init; }
    public int? OutputChars { get; init; }
    public string? FinishReason { get; init; }
    public int? OutputTokens { get; init; }
    public int? FirstEventTokens { get; init; }
    public IReadOnlyList<TokenGap> Gaps { get; init; } = [];

    /// <param name="cohort">The shared object for the observation's cohort.</param>
    public static RawRequest Of(JournalEvent.Observation seen, Cohort cohort) =>
        new(seen.Arrival, seen.Target, seen.Phase, seen.Block, cohort, seen.PromptId, seen.Outcome)
        {
            Reason = seen.Reason,
            Status = seen.Status,
            Degraded = seen.Degraded,
            Replica = seen.Replica,
            Faults = seen.Faults,
            Planned = seen.Planned,
            Sent = seen.Sent,
            FirstToken = seen.FirstToken,
            LastToken = seen.LastToken,
            Ended = seen.Ended,
            InputTokens = seen.InputTokens,
            OutputChars = seen.OutputChars,
            FinishReason = seen.FinishReason,
            OutputTokens = seen.OutputTokens,
            FirstEventTokens = seen.FirstEventTokens,
            Gaps = seen.Gaps,
        };
}
