using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Judging;

/// <summary>From a ruling to the finding that files show.</summary>
internal static class Dressing
{
    public static Finding Of(Objective objective, string kind, Ruling ruling, Measurements run, Phase? phase) => new()
    {
        Objective = objective.Text,
        Kind = kind,
        Phase = Summaries.NameOf(phase),
        Target = run.Candidate,
        Observed = ruling.Observed,
        Limit = ruling.Unit == "pp" ? objective.Limit * 100 : objective.Limit,
        Unit = ruling.Unit ?? (objective.LimitKind == LimitKind.RelativeToBaseline ? "relative" : Wording.UnitOf(objective.Metric)),
        Samples = ruling.Samples,
        Interval = ruling.Interval,
        BaselineObserved = ruling.BaselineObserved,
        Chance = ruling.Chance,
        MorePairs = ruling.MorePairs,
        BaselineUnit = ruling.BaselineObserved is null ? null : Wording.UnitOf(objective.Metric),
        Parts = ruling.Parts,
        Verdict = ruling.Verdict,
        ReasonCode = ruling.ReasonCode,
        Advice = ruling.Advice,
    };
}
