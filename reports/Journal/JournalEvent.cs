using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Journal;

/// <summary>
/// One line of <c>journal.jsonl</c>. A closed set. <see cref="At"/> is nanoseconds from the start of the run on the run's one
/// monotonic clock; wall time appears in <see cref="RunStarted"/>, and in <see cref="ClockStarted"/> for those who join it with others'.
/// </summary>
public abstract partial record JournalEvent
{
    private JournalEvent() { }

    public required long At { get; init; }

    /// <summary>How one request went. Exactly one for every arrival.</summary>
    public sealed record Observation : JournalEvent
    {
        public required int Arrival { get; init; }

        /// <summary>Number of the request that began the conversation of which this is a turn. Null: it stands alone.</summary>
        public int? Conversation { get; init; }

        /// <summary>Target name.</summary>
        public required string Target { get; init; }

        public required Phase Phase { get; init; }
        public required int Block { get; init; }
        public required Cohort Cohort { get; init; }
        public required string PromptId { get; init; }

        /// <summary>The four instants. Planned equals sent in a closed workload.</summary>
        public required long Planned { get; init; }

        /// <summary>Null when the request was never sent.</summary>
        public long? Sent { get; init; }

        /// <summary>First event with at least one token. Null without streaming, or when none came.</summary>
        public long? FirstToken { get; init; }

        /// <summary>Last event with a token; without streaming the last body byte. Null when nothing came.</summary>
        public long? LastToken { get; init; }

        /// <summary>When the outcome was known.</summary>
        public required long Ended { get; init; }

        public required Outcome Outcome { get; init; }

        /// <summary>One short line; never prompt or output text. Null when completed.</summary>
        public string? Reason { get; init; }

        /// <summary>HTTP status, also for the in-process server. Null when there was no reply.</summary>
        public int? Status { get; init; }

        public string? FinishReason { get; init; }
        public int? InputTokens { get; init; }
        public int? OutputTokens { get; init; }

        /// <summary>How they were counted; null where they were not.</summary>
        public TokenSource? TokenSource { get; init; }

        /// <summary>Tokens in the first event (n1 of the metric definitions).</summary>
        public int? FirstEventTokens { get; init; }

        /// <summary>Nanoseconds between consecutive events with tokens, and the tokens in the later of the two.</summary>
        public IReadOnlyList<TokenGap> Gaps { get; init; } = [];

        /// <summary>Seconds of a Retry-After header.</summary>
        public double? RetryAfter { get; init; }

        /// <summary>Replica that answered, where the target says so.</summary>
        public int? Replica { get; init; }

        /// <summary>True when the server served without its context store.</summary>
        public bool Degraded { get; init; }

        /// <summary>Ids of faults that were applied to this very request.</summary>
        public IReadOnlyList<string> Faults { get; init; } = [];

        public required string PromptSha256 { get; init; }
        public Sha256Digest? OutputSha256 { get; init; }
        public int? OutputChars { get; init; }
    }

    /// <summary>A grader's score of one answer, made on the raw text before redaction. Null: could not be graded (counts as wrong).</summary>
    public sealed record Score : JournalEvent
    {
        public required int Arrival { get; init; }

        /// <summary>Name of a metric: <c>accuracy</c>, <c>field_accuracy</c>, <c>valid_json</c>, or of what the mix asserts.</summary>
        public required string Grader { get; init; }

        public required double? Value { get; init; }

        /// <summary>For fields: which were wrong. Never output text.</summary>
        public string? Detail { get; init; }
    }

    /// <summary>An answer that no service may give, whatever was done to it. At most one of a kind for a request.</summary>
    public sealed record HardFail : JournalEvent
    {
        public required int Arrival { get; init; }
        public required HardFailKind Kind { get; init; }

        /// <summary>How it shows, with numbers; never prompt or output text.</summary>
        public string? Detail { get; init; }
    }

    /// <summary>Another model judged answers of the run, and cases whose rightness is known. Its scores come before it.</summary>
    public sealed record Judged : JournalEvent
    {
        /// <summary>Target name of the judge.</summary>
        public required string By { get; init; }

        /// <summary>Answers of the run with a verdict, and without one.</summary>
        public required int Answers { get; init; }
        public required int Unanswered { get; init; }

        /// <summary>Known right cases, and those of them that it called right: its sensitivity.</summary>
        public required int Right { get; init; }
        public required int RightCalledRight { get; init; }

        /// <summary>Known wrong cases, and those of them that it called wrong: its specificity.</summary>
        public required int Wrong { get; init; }
        public required int WrongCalledWrong { get; init; }

        /// <summary>Mean share of the repeats that agree with their majority.</summary>
        public double? Agreement { get; init; }

        /// <summary>Reason code; null when it can be believed.</summary>
        public string? Problem { get; init; }
        public string? Detail { get; init; }
    }

    /// <summary>The answers of the run were held against a golden snapshot, or why they could not be. Their scores come before it.</summary>
    public sealed record GoldenCompared : JournalEvent
    {
        public required string Folder { get; init; }
        public required string SnapshotSha256 { get; init; }

        /// <summary>One line: what embedded, and how blind it is.</summary>
        public required string Embedder { get; init; }

        /// <summary>Answers with a score.</summary>
        public required int Scored { get; init; }

        /// <summary>Answers that the snapshot says nothing about: other prompts, other cohorts.</summary>
        public required int Uncovered { get; init; }

        /// <summary>The first of them by prompt set and prompt, each once.</summary>
        public IReadOnlyList<string> UncoveredCases { get; init; } = [];

        /// <summary>Reason code; null when the comparison was made.</summary>
        public string? Problem { get; init; }
        public string? Detail { get; init; }
    }

    /// <summary>A fault moved on its timeline.</summary>
    public sealed record FaultTransition : JournalEvent
    {
        public required string Fault { get; init; }
        public required FaultState State { get; init; }
        public string? Detail { get; init; }
    }

    /// <summary>A fault met one unit of its scope.</summary>
    public sealed record Injection : JournalEvent
    {
        public required string Fault { get; init; }

        /// <summary>The unit: a request id, <c>replica-1</c>.</summary>
        public required string Key { get; init; }

        public required InjectionKind Kind { get; init; }
    }

    /// <summary>Somebody noticed something: the router, a probe, a person.</summary>
    public sealed record Detection : JournalEvent
    {
        /// <summary>
        /// <c>router</c>, <c>health-probe</c>, <c>supervisor</c>, <c>rollout</c>, <c>admission</c>, <c>scheduler</c>, <c>dependency</c>,
        /// <c>guardrail</c> of the server; <c>probe</c>, <c>operator</c>; else the name of a source that the scenario declares.
        /// </summary>
        public required string By { get; init; }

        /// <summary>How a declared source was heard: <c>webhook</c>, <c>http</c>, <c>prometheus</c>, <c>command</c>. Null: the run's own.</summary>
        public string? Source { get; init; }

        /// <summary>True: it says that the fault was dealt with, not that it was noticed.</summary>
        public bool? Mitigates { get; init; }

        /// <summary>Id of the one fault it speaks of. Null: whichever its maker can mean.</summary>
        public string? Fault { get; init; }

        /// <summary><c>replica-lost</c>, <c>replica-ready</c>, <c>failed-over</c>, <c>fallback</c> and the like.</summary>
        public required string What { get; init; }

        public string? Target { get; init; }
        public int? Replica { get; init; }
        public string? Request { get; init; }
    }

    public sealed record Note : JournalEvent
    {
        public required string Text { get; init; }
    }
}

/// <summary>One accelerator card at one moment. What its driver does not tell is absent.</summary>
/// <param name="MemoryUsed">Bytes, of all processes.</param>
/// <param name="MemoryTotal">Bytes.</param>
/// <param name="Utilisation">Share of the driver's sample period in which it computed, 0 to 1.</param>
public sealed record DeviceSample(
    int Index, string? Name, long? MemoryUsed, long? MemoryTotal, double? Utilisation, int? Celsius, double? Watts);

/// <param name="Nanos">Between two consecutive events with tokens.</param>
/// <param name="Tokens">In the later event.</param>
public readonly record struct TokenGap(long Nanos, int Tokens);

/// <summary>A planned fault as the journal needs it: catalogue facts beside the scenario's settings.</summary>
public sealed record PlannedFaultInfo(
    string Id, string Kind, Vantage Vantage, FaultScope Scope, Fidelity Fidelity, double Share, long Start, long End,
    double? DetectedWithin, double? RecoveredWithin, int MinExposure);

public enum HardFailKind
{
    /// <summary>Only the beginning of the known answer came, and it said that it was whole.</summary>
    PartialAsComplete,

    /// <summary>A number that is none where the answer has numbers.</summary>
    NotANumber,

    /// <summary>It holds what stands in the prompt of another request alone.</summary>
    CrossedAnswer,
}

public enum FaultState
{
    /// <summary>Its time came.</summary>
    Ordered,

    /// <summary>The injector is in place.</summary>
    Active,

    /// <summary>The injector was lifted.</summary>
    Cleared,

    /// <summary>Checked: nothing of it is left.</summary>
    Healed,

    /// <summary>Could not be applied or not be healed; the detail says which.</summary>
    Failed,
}

public enum InjectionKind
{
    /// <summary>The unit came by while the fault was active.</summary>
    Eligible,

    /// <summary>The coin chose it.</summary>
    Selected,

    /// <summary>The fault changed something for it.</summary>
    Applied,

    /// <summary>Chosen but not changed, for example served before the lookup.</summary>
    Bypassed,
}
