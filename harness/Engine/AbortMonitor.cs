using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>
/// Decides whether the run must halt. Looked at once a second: a condition is evaluated over the answers of the last
/// min(its <c>for</c>, 2 s), or 5 s without a <c>for</c>, and fires when it held at every look for its <c>for</c>. A window without
/// answers changes nothing. Requests that wait for longer than a latency limit count as infinitely late before they end.
/// </summary>
public sealed class AbortMonitor
{
    private const long SmoothingNanos = 2 * Nanos.PerSecond;

    private readonly IReadOnlyList<AbortCondition> _conditions;
    private readonly long?[] _heldSince;

    /// <exception cref="ArgumentException">A condition that cannot be known while the run goes on; see <see cref="Supports"/>.</exception>
    public AbortMonitor(IReadOnlyList<AbortCondition> conditions)
    {
        ArgumentNullException.ThrowIfNull(conditions);
        if (conditions.FirstOrDefault(condition => !Supports(condition.Condition)) is { } unknown)
        {
            throw new ArgumentException(
                $"abort condition '{unknown.Condition.Text}' cannot be known during a run; use error_rate or a latency with a fixed limit",
                nameof(conditions));
        }

        _conditions = conditions;
        _heldSince = new long?[conditions.Count];
    }

    /// <summary>error_rate and the per-request latencies, against fixed limits.</summary>
    public static bool Supports(Objective objective) =>
        objective.LimitKind == LimitKind.Absolute && Metrics.CanWatchLive(objective.Metric);

    /// <summary>How the reason begins.</summary>
    public string Noun { get; init; } = "abort condition";

    /// <summary>The reason to halt, or null.</summary>
    /// <param name="now">Nanoseconds of the run's clock.</param>
    /// <param name="recent">Observations that ended in the last 5 s, in any order.</param>
    /// <param name="waiting">Requests under way.</param>
    public string? Check(long now, IReadOnlyList<JournalEvent.Observation> recent, IReadOnlyList<WaitingRequest> waiting)
    {
        for (var at = 0; at < _conditions.Count; at++)
        {
            var (condition, duration) = _conditions[at];
            var needed = Nanos.From(duration);
            var window = needed == 0 ? RecentWindow.Length : Math.Min(needed, SmoothingNanos);
            var value = LiveMetrics.Evaluate(condition, recent.Where(o => o.Ended > now - window), waiting, now);
            if (value is null)
            {
                continue;
            }

            if (!Holds(condition, value.Value))
            {
                _heldSince[at] = null;
                continue;
            }

            // It holds for the window that just ended, so it began with that window.
            _heldSince[at] ??= Math.Max(0, now - Math.Min(window, Nanos.PerSecond));
            if (now - _heldSince[at] >= needed)
            {
                return FormattableString.Invariant(
                    $"{Noun} '{condition.Text}' held for {duration.TotalSeconds:0.###} s; last value {LiveMetrics.Show(condition, value.Value)}");
            }
        }

        return null;
    }

    private static bool Holds(Objective condition, double value) => condition.Comparison switch
    {
        Comparison.Less => value < condition.Limit,
        Comparison.LessOrEqual => value <= condition.Limit,
        Comparison.Greater => value > condition.Limit,
        Comparison.GreaterOrEqual => value >= condition.Limit,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>A request under way, as an abort condition needs it.</summary>
/// <param name="Planned">Nanoseconds.</param>
public readonly record struct WaitingRequest(long Planned, Phase Phase, Cohort Cohort, bool HasFirstToken);
