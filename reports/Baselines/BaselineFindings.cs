using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Baselines;

/// <summary>
/// What the comparison with a named baseline says, as findings: every number of the whole run that both runs could bear, and each number
/// of a phase that is worse. What both were too short for is told and does not count; of nothing there is no pass.
/// </summary>
internal static class BaselineFindings
{
    public static IReadOnlyList<Finding> Of(RunBaseline? baseline, Measurements run)
    {
        if (baseline is null)
        {
            return [];
        }

        if (baseline.Comparison is not { } comparison)
        {
            var (code, advice) = baseline.Problem is { } problem ? (problem.ReasonCode, problem.Advice)
                : (ReasonCodes.BaselineUnreadable, $"{RunBaseline.FileName} says neither what was compared nor why nothing was.");
            return [Undecided(baseline, run, code, advice)];
        }

        if (comparison.Doubts.Count > 0)
        {
            return [Undecided(baseline, run, ReasonCodes.BaselineDiffers, $"A comparison with baseline '{baseline.Name}' decides nothing: {string.Join(" ", comparison.Doubts)}")];
        }

        var whole = comparison.Metrics.Where(metric => metric.Phase == Summaries.NameOf(null)).ToList();
        var borne = whole.Where(metric => metric.Change is not null || metric.ReasonCode != ReasonCodes.TooFewSamples).ToList();
        var worse = comparison.Metrics.Except(whole).Where(metric => metric.Verdict == FindingVerdict.Fail);
        List<Finding> findings =
        [
            .. borne.Concat(worse).Select(metric => Of(metric, FindingKinds.Baseline, baseline, comparison, run)),
            .. whole.Except(borne).Select(metric => Of(metric, FindingKinds.Info, baseline, comparison, run)),
        ];
        return borne.Count > 0 ? findings
            : [Undecided(baseline, run, ReasonCodes.TooFewSamples, $"Neither run is long enough for a comparison with baseline '{baseline.Name}'; run longer."), .. findings];
    }

    private static Finding Of(MetricComparison metric, string kind, RunBaseline baseline, RunComparison comparison, Measurements run)
    {
        var latency = metric.Unit == "s";
        var more = latency || metric.Metric == "error_rate";
        var scale = latency ? 1 : 100;
        var limit = (latency ? comparison.Margin : comparison.Points) * scale * (more ? 1 : -1);
        return new Finding
        {
            Objective = FormattableString.Invariant($"{metric.Metric} {(more ? "<= +" : ">= -")}{Math.Abs(latency ? limit * 100 : limit):0.###}{(latency ? "%" : "pp")} vs baseline '{baseline.Name}'"),
            Kind = kind,
            Phase = metric.Phase,
            Target = run.Candidate,
            Observed = metric.Change * scale,
            Limit = limit,
            Unit = latency ? "relative" : "pp",
            Samples = (long)metric.WorthAfter,
            Interval = metric.Low is null && metric.High is null ? null : new Interval(metric.Low * scale, metric.High * scale, AbsoluteJudge.Confidence, metric.Method),
            BaselineObserved = metric.Before,
            BaselineUnit = metric.Before is null ? null : metric.Unit,
            Verdict = metric.Verdict,
            ReasonCode = metric.ReasonCode,
            Advice = Words(metric, baseline),
        };
    }

    private static string Words(MetricComparison metric, RunBaseline baseline)
    {
        var phase = metric.Phase == Summaries.NameOf(null) ? "" : $" in the {metric.Phase} phase";
        var seen = metric.Change is { } change
            ? $"{metric.Metric}{phase} changed by {Amount(change, metric)} (between {Amount(metric.Low, metric)} and {Amount(metric.High, metric)}) from baseline '{baseline.Name}'"
            : $"{metric.Metric}{phase} has no finite value in both runs";
        return metric.ReasonCode switch
        {
            ReasonCodes.TooFewSamples => $"{metric.Metric}{phase} was left out: one of the two runs is too short for it. Run longer to have it compared.",
            ReasonCodes.Held => $"{seen}.",
            ReasonCodes.Broken => $"{seen}: that is worse than the margin.",
            ReasonCodes.NotAmongSeveral => $"{seen}. By itself that would be worse, but not among as many numbers as were looked at. Run longer, or let both versions take turns in one run.",
            _ => $"{seen}: the interval reaches over the margin. Run longer, widen the margin, or let both versions take turns in one run.",
        };
    }

    private static string Amount(double? change, MetricComparison metric) => change is not { } known ? "any amount"
        : FormattableString.Invariant($"{known * 100:+0.##;-0.##;0}{(metric.Unit == "s" ? " %" : " pp")}");

    private static Finding Undecided(RunBaseline baseline, Measurements run, string reasonCode, string advice) => new()
    {
        Objective = $"not worse than baseline '{baseline.Name}'",
        Kind = FindingKinds.Baseline,
        Phase = Summaries.NameOf(null),
        Target = run.Candidate,
        Limit = null,
        Unit = "",
        Samples = 0,
        Verdict = FindingVerdict.Inconclusive,
        ReasonCode = reasonCode,
        Advice = advice,
    };
}
