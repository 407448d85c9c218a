using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Measuring;

/// <summary>
/// One arrival with its outcome and grades, and its latencies in seconds by the definitions of docs/metrics.md. A latency is null
/// where it does not exist (no streaming, one token) and positive infinity where the request failed, was refused or never sent.
/// </summary>
public sealed class Request
{
    // i planned, s sent, c1 first event with a token, cK last, n output tokens, n1 tokens in the first event.
    internal Request(RawRequest seen) => Raw = seen;

    internal RawRequest Raw { get; }

    public int Arrival => Raw.Arrival;
    public string Target => Raw.Target;
    public Phase Phase => Raw.Phase;
    public int Block => Raw.Block;
    public Cohort Cohort => Raw.Cohort;
    public string PromptId => Raw.PromptId;
    public Outcome Outcome => Raw.Outcome;
    public string? Reason => Raw.Reason;
    public int? Status => Raw.Status;
    public bool Degraded => Raw.Degraded;
    public int? Replica => Raw.Replica;
    public IReadOnlyList<string> Faults => Raw.Faults;
    public IReadOnlyList<TokenGap> Gaps => Raw.Gaps;

    /// <summary>Planned send time (closed workload: the send), nanoseconds from the start of the run.</summary>
    public long PlannedAt => Raw.Planned;

    /// <summary>When the outcome was known, nanoseconds from the start of the run.</summary>
    public long EndedAt => Raw.Ended;

    public int OutputTokens => Raw.OutputTokens ?? 0;
    public bool Completed => Outcome == Outcome.Completed;
    public bool Censored => Outcomes.IsCensored(Outcome);
    public bool WasSent => Raw.Sent is not null;

    /// <summary>Grades, 0 to 1. Null: nobody asked for one. An answer that could not be graded is 0.</summary>
    public double? Accuracy { get; internal set; }
    public double? FieldAccuracy { get; internal set; }
    public double? ValidJson { get; internal set; }

    internal GradeBook? Grades { get; set; }

    /// <summary>The score of what the mix asserts, 0 to 1. Null: it asserts nothing of the kind about this request.</summary>
    public double? ScoreOf(MetricId metric) => Grades?.Of(metric, Arrival);

    /// <summary>Completed, within every per-request objective, not graded wrong, and with every assertion held.</summary>
    public bool Good { get; internal set; }

    /// <summary>c1 - i.</summary>
    public double? Ttft => Streamed(from: Raw.Planned, to: Raw.FirstToken);

    /// <summary>c1 - s.</summary>
    public double? TtftService => Streamed(from: Raw.Sent, to: Raw.FirstToken);

    /// <summary>cK - i; without streaming to the last body byte.</summary>
    public double? E2e => Completed ? Seconds(Raw.Planned, LastToken) : Lost;

    /// <summary>cK - s.</summary>
    public double? E2eService => Completed && Raw.Sent is { } sent ? Seconds(sent, LastToken) : Lost;

    /// <summary>s - i; null when never sent.</summary>
    public double? DispatchLag => Raw.Sent is { } sent ? Seconds(Raw.Planned, sent) : null;

    /// <summary>(cK - c1) / (n - n1); undefined when n &lt;= n1.</summary>
    public double? Tpot
    {
        get
        {
            if (!Completed)
            {
                return Cohort.Stream ? Lost : null;
            }

            return Raw.FirstToken is { } first && Raw.OutputTokens is { } n && Raw.FirstEventTokens is { } n1 && n > n1
                ? Seconds(first, LastToken) / (n - n1)
                : null;
        }
    }

    /// <summary>The longest wait between two events with tokens; undefined with fewer than two.</summary>
    public double? MaxStall => !Completed
        ? Cohort.Stream ? Lost : null
        : Gaps.Count > 0 ? Gaps.Max(gap => Nanos.ToSeconds(gap.Nanos)) : null;

    private long LastToken => Raw.LastToken ?? Raw.Ended;

    /// <summary>Censored requests say nothing about the target; all others that did not complete are infinitely late.</summary>
    private double? Lost => Censored ? null : double.PositiveInfinity;

    private double? Streamed(long? from, long? to)
    {
        if (!Cohort.Stream)
        {
            return null;
        }

        return !Completed ? Lost : from is { } start && to is { } end ? Seconds(start, end) : null;
    }

    private static double Seconds(long from, long to) => Nanos.ToSeconds(to - from);
}
