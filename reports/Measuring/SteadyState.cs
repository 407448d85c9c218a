using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Measuring;

/// <summary>
/// What normal looks like, asked of one short window: the scenario's steady-state hypothesis, or, when it declares none, "no request
/// failed, and attainment is not clearly below that of the baseline phase".
/// </summary>
public sealed class SteadyState
{
    /// <summary>A window breaks the default hypothesis when its attainment would be this unlikely in the baseline phase.</summary>
    private const double Unlikely = 0.01;

    /// <summary>A window should hold about this many requests; with fewer its numbers mean little.</summary>
    private const int WantedPerWindow = 10;

    private readonly RequestSet _requests;
    private readonly string _target;
    private readonly IReadOnlyList<Objective> _objectives;
    private readonly double? _usualAttainment;

    internal SteadyState(Measurements run)
    {
        (_requests, _target) = (run.Requests, run.Candidate);
        _objectives = [.. run.Run.SteadyState.Where(CanAsk)];
        _usualAttainment = run.ShareOf(MetricId.Attainment, new Slice(run.Candidate, Phase.Baseline)).Value;
        WatchedUntil = run.Windows.Count == 0 ? 0 : run.Windows[^1].End;
        Window = WindowFor(_requests.Count(Counts), WatchedUntil);
    }

    /// <summary>W of the definitions, nanoseconds: 1 s, widened up to 10 s until it holds about ten requests.</summary>
    public long Window { get; }

    /// <summary>H of the definitions, nanoseconds: the steady state counts as regained when it holds this long without a break.</summary>
    public long Hold => 3 * Window;

    /// <summary>End of the last phase, or of the run if that came first; nanoseconds.</summary>
    public long WatchedUntil { get; }

    /// <summary>The scenario states one.</summary>
    public bool IsDeclared => _objectives.Count > 0;

    /// <summary>The hypothesis in words.</summary>
    public string Text => _objectives.Count > 0
        ? string.Join(" and ", _objectives.Select(objective => objective.Text))
        : "no request failed, and attainment as in the baseline phase (none was declared)";

    /// <summary>Null when no request of the window counts.</summary>
    public bool? HoldsIn(long start, long end)
    {
        List<Request> window = [.. _requests.PlannedBetween(start, end).Where(Counts)];
        if (window.Count == 0)
        {
            return null;
        }

        if (_objectives.Count == 0)
        {
            return HoldsByDefault(window);
        }

        bool? all = null;
        foreach (var objective in _objectives)
        {
            if (Holds(objective, window, end - start) is not { } one)
            {
                continue;
            }

            if (!one)
            {
                return false;
            }

            all = true;
        }

        return all;
    }

    private static bool CanAsk(Objective objective) =>
        objective.LimitKind == LimitKind.Absolute && objective.Metric < MetricId.TimeToDetect && !Metrics.IsAccount(objective.Metric);

    /// <summary>4xx is how a healthy service answers hostile requests, so it breaks nothing here.</summary>
    private bool HoldsByDefault(List<Request> window)
    {
        if (window.Exists(request => !request.Completed && request.Outcome != Outcome.Refused))
        {
            return false;
        }

        var good = window.Count(request => request.Good);
        return _usualAttainment is not { } usual || Binomial.AtMost(good, window.Count, usual) >= Unlikely;
    }

    private static bool? Holds(Objective objective, List<Request> window, long length)
    {
        var asked = objective.Cohort.Count == 0
            ? window : (IEnumerable<Request>)[.. window.Where(request => Cohorts.Match(request.Cohort, objective.Cohort))];
        double? seen = Metrics.IsDistribution(objective.Metric)
            ? Summaries.Aggregate(Measurements.DistributionOf(objective.Metric, asked), objective.Aggregation)
            : Metrics.UnitOf(objective.Metric) == MetricUnit.PerSecond
                ? asked.Sum(request => MetricValues.AmountOf(objective.Metric, request)) / Nanos.ToSeconds(length)
                : Measurements.ShareOf(objective.Metric, asked).Value;
        return seen is { } value ? Summaries.Satisfies(value, objective.Comparison, objective.Limit) : null;
    }

    private bool Counts(Request request) => request.Target == _target && !request.Censored;

    private static long WindowFor(int requests, long watched)
    {
        var seconds = requests == 0 ? 1 : Math.Ceiling(WantedPerWindow * Nanos.ToSeconds(watched) / requests);
        return Nanos.PerSecond * (long)Math.Clamp(seconds, 1, 10);
    }
}
