using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Judging;

/// <summary>What a fault cost, as the summary writes it.</summary>
internal static class FaultAccounts
{
    public static ImpactSummary? Of(Impact? impact, double configured) => impact is null ? null : new ImpactSummary
    {
        Span = impact.Span,
        Censored = impact.IsCensored,
        Offered = impact.Offered,
        Bad = impact.Bad,
        GoodputLost = impact.GoodputLost,
        GoodputLostShare = impact.GoodputLostShare,
        Slo = impact.Slo,
        BurnRate = impact.BurnRate,
        BudgetMinutes = impact.BudgetMinutes,
        BudgetShareOf30Days = impact.BudgetShareOf30Days,
        BlastRadiusIntended = impact.BlastIntended,
        BlastRadiusObserved = impact.BlastObserved,
        BystanderHarm = impact.BystanderHarm,
        Bystanders = impact.Bystanders,
        Containment = impact.Containment,
        Amplification = impact.Amplification,
        WastedTokens = impact.WastedTokens,
        WastedCost = impact.WastedCost,
        Exposure = impact.Exposure?.Observed,
        ExposureInterval = impact.Exposure is { } seen ? new Interval(seen.Low, seen.High, AbsoluteJudge.Confidence, "wilson") : null,
        ExposureConfigured = configured,
    };

    public static CanarySummary? Of(CanaryLog? canaries) => canaries is null ? null : new CanarySummary(
        Of(canaries.Before), Of(canaries.During), Of(canaries.After), canaries.SilentlyWrong, canaries.Paired, canaries.Spoilt);

    public static HypothesisSummary? Of(Hypothesis? seen) => seen is null ? null : new HypothesisSummary(
        seen.Text, seen.IsDeclared, seen.Window, Of(seen.Before), Of(seen.During), Of(seen.After), seen.BrokenSince);

    /// <summary>A service that notices by itself is worth more than a harness that looks, or a person that does.</summary>
    public static string KindOf(string by) => by switch
    {
        "router" or "health-probe" or "supervisor" or "rollout" or "admission" or "scheduler" or "dependency" or "guardrail" or "server" => "system",
        "probe" => "probe",
        "operator" => "human",
        _ => "external",
    };

    private static CanaryShare Of(CanaryCount count) => new(count.Asked, count.Right);

    private static WindowSummary Of(WindowCount count) => new(count.Windows, count.Held, count.LongestBreak);
}
