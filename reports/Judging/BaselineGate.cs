using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// Whether the baseline is steady enough to break something on top of it. Asked once, just before the first fault, by the rules of the
/// finding on the steady state: a run is never stopped for what its report would not say. What cannot be told yet holds no fault back.
/// </summary>
public static class BaselineGate
{
    /// <summary>Without a declared steady state: more failures than this and there is nothing to compare a fault with.</summary>
    private const double MostFailures = 0.5;

    /// <param name="run">The journal's first line.</param>
    /// <param name="seen">Observations of the baseline phase and their scores.</param>
    /// <param name="waiting">Requests of the baseline phase that nobody has answered yet, as if they ended now.</param>
    /// <returns>One sentence for each objective that is broken; empty when nothing speaks against a fault.</returns>
    public static IReadOnlyList<string> Broken(
        JournalEvent.RunStarted run, IReadOnlyList<JournalEvent> seen, IReadOnlyList<JournalEvent.Observation> waiting)
    {
        var harmless = run with { Faults = [] };
        if (run.SteadyState.Count == 0)
        {
            return Failures(Measurements.Fold([harmless, .. seen]));
        }

        return
        [
            .. run.SteadyState
                .Select(objective => Ask(objective, Measurements.Fold([harmless, .. seen, .. Late(objective, waiting)])))
                .Where(ruling => ruling.Verdict == FindingVerdict.Fail)
                .Select(ruling => ruling.Advice),
        ];
    }

    internal static Ruling Ask(Objective objective, Measurements run) =>
        objective.LimitKind != LimitKind.Absolute || objective.Metric >= MetricId.TimeToDetect || Metrics.IsAccount(objective.Metric)
            ? Ruling.Undecided(ReasonCodes.NotMeasured, "A steady state is absolute and about requests; compare versions under gates.")
            : AbsoluteJudge.Decide(
                objective with { Phase = Phase.Baseline, Kind = GateKind.Info }, run, new Slice(run.Served, Phase.Baseline, objective.Cohort));

    /// <summary>Who has waited for longer than a latency limit is late already, however it ends.</summary>
    private static IEnumerable<JournalEvent> Late(Objective objective, IReadOnlyList<JournalEvent.Observation> waiting) =>
        objective.LimitKind == LimitKind.Absolute && Metrics.IsDistribution(objective.Metric)
            ? waiting.Where(request => Nanos.ToSeconds(request.Ended - request.Planned) > objective.Limit)
            : [];

    private static IReadOnlyList<string> Failures(Measurements run)
    {
        var counted = run.In(new Slice(run.Served, Phase.Baseline)).Where(request => !request.Censored).ToList();
        var failed = counted.Count(request => !request.Completed && request.Outcome != Outcome.Refused);
        return counted.Count > 0 && failed > MostFailures * counted.Count
            ? [string.Create(CultureInfo.InvariantCulture, $"{failed} of {counted.Count} requests of the baseline phase failed, for example: ")
                + $"{counted.First(request => !request.Completed).Reason}"]
            : [];
    }
}
