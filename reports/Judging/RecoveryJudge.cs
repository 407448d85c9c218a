using System.Diagnostics;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// Limits on detection and recovery: gates over all faults, and what one fault declares under <c>expect</c>. Every fault must hold by
/// itself; times of different faults are never averaged.
/// </summary>
internal static class RecoveryJudge
{
    /// <summary>A gate: the worst ruling over the faults that were injected. Input that nobody noticed is no failure of detection: a service has no means to.</summary>
    public static Ruling Decide(Objective objective, Measurements run)
    {
        var rulings = run.Faults
            .Where(fault => objective.Metric != MetricId.TimeToDetect || fault.Plan.Vantage != Vantage.Input
                || fault.Recovery.DetectedBy is not null)
            .Select(fault => One(fault, objective.Metric, objective.Comparison, objective.Limit, Wording.Asks(objective, "s")))
            .OrderBy(ruling => ruling.Verdict switch { FindingVerdict.Fail => 0, FindingVerdict.Inconclusive => 1, _ => 2 })
            .ThenByDescending(ruling => ruling.Observed ?? double.PositiveInfinity)
            .ToList();
        return rulings.Count == 0
            ? Ruling.Undecided(ReasonCodes.NotMeasured, $"No fault was planned that has one, so that there is no "
                + $"{Wording.NameOf(objective.Metric)} to judge.")
            : rulings[0] with { Samples = rulings.Count };
    }

    /// <summary>What the faults' own expectations say, as findings of kind <c>fault</c>.</summary>
    public static IEnumerable<Finding> Expectations(Measurements run)
    {
        foreach (var fault in run.Faults)
        {
            if (fault.Plan.DetectedWithin is { } detected)
            {
                yield return Dress(fault, run, "detected", detected, MetricId.TimeToDetect);
            }

            if (fault.Plan.RecoveredWithin is { } recovered)
            {
                yield return Dress(fault, run, "recovered", recovered, MetricId.ResidualRecovery);
            }
        }
    }

    private static Finding Dress(FaultLog fault, Measurements run, string what, double limit, MetricId metric)
    {
        var ruling = One(fault, metric, Comparison.LessOrEqual, limit, $"it is expected within {Wording.Duration(limit)}");
        return new Finding
        {
            Objective = $"{fault.Plan.Id} {what} within {Wording.Duration(limit)}",
            Kind = FindingKinds.Fault,
            Phase = "fault",
            Target = run.Candidate,
            Observed = ruling.Observed,
            Limit = limit,
            Unit = "s",
            Samples = 1,
            Verdict = ruling.Verdict,
            ReasonCode = ruling.ReasonCode,
            Advice = ruling.Advice,
        };
    }

    private static Ruling One(FaultLog fault, MetricId metric, Comparison comparison, double limit, string asks)
    {
        var name = fault.Plan.Id;
        if (fault.InjectedAt is null || !fault.WasExposed)
        {
            return Ruling.Undecided(
                ReasonCodes.FaultsNotInjected,
                $"{name} touched {fault.Applied} units and needs {fault.Plan.MinExposure}, so that nothing can be said "
                    + $"about {Wording.NameOf(metric)}.");
        }

        return metric switch
        {
            MetricId.TimeToDetect => Detection(fault, comparison, limit, asks),
            MetricId.TimeToRecover when fault.Recovery.ImpactAt is null => NoImpact(name, asks),
            MetricId.TimeToRecover => Return(fault, fault.Recovery.TimeToRecover, comparison, limit, asks, "after the first bad window"),
            MetricId.ResidualRecovery => Return(
                fault, fault.Recovery.ResidualRecovery, comparison, limit, asks, "after it was lifted"),
            _ => throw new UnreachableException($"{metric} is no time of recovery"),
        };
    }

    private static Ruling Detection(FaultLog fault, Comparison comparison, double limit, string asks)
    {
        var recovery = fault.Recovery;
        if (recovery.DetectedAfterInjection is { } after)
        {
            var shared = recovery.DetectionShared.Count == 0 ? ""
                : $" (the same event may be about {string.Join(" or ", recovery.DetectionShared)})";
            return Judged(
                Summaries.Satisfies(after, comparison, limit), after,
                $"{fault.Plan.Id} was noticed by {recovery.DetectedBy} {Wording.Duration(after)} after the injection{shared}; {asks}.");
        }

        var watched = recovery.UndetectedFor ?? 0;
        return watched > limit
            ? Judged(false, null, $"Nobody noticed {fault.Plan.Id} in the {Wording.Duration(watched)} that were watched; {asks}.")
            : Ruling.Undecided(
                ReasonCodes.NotWatchedLongEnough,
                $"Nobody noticed {fault.Plan.Id}, but only {Wording.Duration(watched)} were watched; {asks}. Lengthen the "
                    + "phases.");
    }

    private static Ruling NoImpact(string name, string asks) =>
        Judged(true, 0, $"{name} broke the steady state in no window, so that there was nothing to recover from; {asks}.");

    private static Ruling Return(FaultLog fault, double? seconds, Comparison comparison, double limit, string asks, string since)
    {
        var recovery = fault.Recovery;
        var grain = $"measured in windows of {Wording.Duration(recovery.Window)}";
        if (seconds is { } took)
        {
            return Judged(
                Summaries.Satisfies(took, comparison, limit), took,
                $"After {fault.Plan.Id} the steady state was back {Wording.Duration(took)} {since} ({grain}); {asks}.");
        }

        var lost = recovery.Censored ?? 0;
        return recovery.Censored is not null && lost > limit
            ? Judged(false, null, $"After {fault.Plan.Id} the steady state was not back {Wording.Duration(lost)} {since}, "
                + $"when the run ended ({grain}); {asks}.")
            : Ruling.Undecided(
                ReasonCodes.NotWatchedLongEnough,
                $"The run ended before the steady state had held for {Wording.Duration(recovery.Hold)} after "
                    + $"{fault.Plan.Id}; {asks}. Lengthen the recovery phase.");
    }

    private static Ruling Judged(bool held, double? observed, string advice) => new()
    {
        Verdict = held ? FindingVerdict.Pass : FindingVerdict.Fail,
        ReasonCode = held ? ReasonCodes.Held : ReasonCodes.Broken,
        Advice = advice,
        Observed = observed,
        Samples = 1,
    };
}
