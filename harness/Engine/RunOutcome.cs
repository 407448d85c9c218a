using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Engine;

/// <summary>How a run went, as far as the engine can tell.</summary>
/// <param name="Ending">Completed, aborted, cancelled, broken, or what <see cref="RunRequest.Halt"/> said.</param>
/// <param name="Reason">What stopped it; null when completed.</param>
/// <param name="Counts">Arrivals and what became of them; the two always agree.</param>
/// <param name="Ended">Nanoseconds of the run's clock.</param>
public sealed record RunOutcome(RunEnding Ending, string? Reason, RunCounts Counts, long Ended);

/// <summary>A snapshot for people who watch.</summary>
/// <param name="Total">The phases together, without the drain.</param>
/// <param name="Planned">Arrivals in the plan; null in a closed workload.</param>
/// <param name="TtftP50">Seconds over the last 5 s, from the planned time, of the requests that had a first token. Null when there were none.</param>
/// <param name="ActiveFaults">Ids of faults whose planned window is open.</param>
public sealed record RunProgress(
    TimeSpan Elapsed, TimeSpan Total, Phase Phase, int? Planned, int InFlight, RunCounts Counts,
    double? TtftP50, double? TtftP99, IReadOnlyList<string> ActiveFaults)
{
    /// <summary>As <see cref="TtftP50"/>, from the planned time to the end of the answer, of the requests that completed. Null also when nobody asked for it.</summary>
    public double? E2eP50 { get; init; }
    public double? E2eP99 { get; init; }

    /// <summary>Output tokens of the answers that have ended, where they were counted by then.</summary>
    public long OutputTokens { get; init; }
}

/// <summary>Arrivals by what became of them.</summary>
/// <param name="Arrivals">Arrivals with an outcome.</param>
/// <param name="Sent">Of those, requests whose bytes went out.</param>
/// <param name="ByOutcome">Only outcomes that happened.</param>
public sealed record RunCounts(int Arrivals, int Sent, IReadOnlyDictionary<Outcome, int> ByOutcome)
{
    public int Completed => ByOutcome.GetValueOrDefault(Outcome.Completed);

    /// <summary>Neither completed nor stopped by us.</summary>
    public int Failed => Arrivals - Completed - ByOutcome.GetValueOrDefault(Outcome.Cancelled) - NotSent;

    public int NotSent => ByOutcome.GetValueOrDefault(Outcome.NotSent);
}
