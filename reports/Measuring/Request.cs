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
    private readonly long _planned;
    private readonly long? _sent;
    private readonly long? _firstToken;
    private readonly long _lastToken;
    private readonly int? _outputTokens;
    private readonly int? _firstEventTokens;

    internal Request(JournalEvent.Observation seen, Cohort cohort)
    {
        Arrival = seen.Arrival;
        Target = seen.Target;
        Phase = seen.Phase;
        Block = seen.Block;
        Cohort = cohort;
        PromptId = seen.PromptId;
        Outcome = seen.Outcome;
        Reason = seen.Reason;
        Status = seen.Status;
        Degraded = seen.Degraded;
        Replica = seen.Replica;
        Faults = seen.Faults;
        Gaps = seen.Gaps;
        _planned = seen.Planned;
        _sent = seen.Sent;
        _firstToken = seen.FirstToken;
        _lastToken = seen.LastToken ?? seen.Ended;
        _outputTokens = seen.OutputTokens;
        _firstEventTokens = seen.FirstEventTokens;
        EndedAt = seen.Ended;
    }

    public int Arrival { get; }
    public string Target { get; }
    public Phase Phase { get; }
    public int Block { get; }
    public Cohort Cohort { get; }
    public string PromptId { get; }
    public Outcome Outcome { get; }
    public string? Reason { get; }
    public int? Status { get; }
    public bool Degraded { get; }
    public int? Replica { get; }
    public IReadOnlyList<string> Faults { get; }
    public IReadOnlyList<TokenGap> Gaps { get; }

    /// <summary>Planned send time (closed workload: the send), nanoseconds from the start of the run.</summary>
    public long PlannedAt => _planned;

    /// <summary>When the outcome was known, nanoseconds from the start of the run.</summary>
    public long EndedAt { get; }

    public int OutputTokens => _outputTokens ?? 0;
    public bool Completed => Outcome == Outcome.Completed;
    public bool Censored => Outcomes.IsCensored(Outcome);
    public bool WasSent => _sent is not null;

    /// <summary>Grades, 0 to 1. Null: nobody asked for one. An answer that could not be graded is 0.</summary>
    public double? Accuracy { get; internal set; }
    public double? FieldAccuracy { get; internal set; }
    public double? ValidJson { get; internal set; }

    /// <summary>Completed, within every per-request objective, and not graded wrong.</summary>
    public bool Good { get; internal set; }

    /// <summary>c1 - i.</summary>
    public double? Ttft => Streamed(from: _planned, to: _firstToken);

    /// <summary>c1 - s.</summary>
    public double? TtftService => Streamed(from: _sent, to: _firstToken);

    /// <summary>cK - i; without streaming to the last body byte.</summary>
    public double? E2e => Completed ? Seconds(_planned, _lastToken) : Lost;

    /// <summary>cK - s.</summary>
    public double? E2eService => Completed && _sent is { } sent ? Seconds(sent, _lastToken) : Lost;

    /// <summary>s - i; null when never sent.</summary>
    public double? DispatchLag => _sent is { } sent ? Seconds(_planned, sent) : null;

    /// <summary>(cK - c1) / (n - n1); undefined when n &lt;= n1.</summary>
    public double? Tpot
    {
        get
        {
            if (!Completed)
            {
                return Cohort.Stream ? Lost : null;
            }

            return _firstToken is { } first && _outputTokens is { } n && _firstEventTokens is { } n1 && n > n1
                ? Seconds(first, _lastToken) / (n - n1)
                : null;
        }
    }

    /// <summary>The longest wait between two events with tokens; undefined with fewer than two.</summary>
    public double? MaxStall => !Completed
        ? Cohort.Stream ? Lost : null
        : Gaps.Count > 0 ? Gaps.Max(gap => Nanos.ToSeconds(gap.Nanos)) : null;

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
