using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Comparing;

/// <summary>One number of a run that is set beside that of another.</summary>
/// <param name="Percent">Of the distribution; null for a share.</param>
/// <param name="Phase">Null: all measured phases.</param>
/// <param name="Outcome">Of the error rate: failures of this kind alone. Null: all of them.</param>
internal sealed record Aspect(MetricId Metric, double? Percent, Phase? Phase, Outcome? Outcome = null)
{
    /// <summary>The cosine itself is no share; the share within a golden snapshot's thresholds is.</summary>
    private static readonly MetricId[] Shares =
        [MetricId.ErrorRate, MetricId.Attainment, MetricId.CanaryAccuracy, .. Metrics.All.Where(metric => Metrics.IsScore(metric) && metric != MetricId.Similarity)];

    public bool WorseIsMore => Percent is not null || Metric == MetricId.ErrorRate;

    /// <summary>
    /// One kind of failure in the place of another is for a person to judge: kinds are shown, and their sum, the error rate, counts.
    /// </summary>
    public bool Counts => Outcome is null;

    public string Name => Outcome is { } kind ? $"{Metrics.NameOf(Metric)}: {Kebab.Of(kind)}" : (Percent is { } percent ? FormattableString.Invariant($"p{percent} ") : "") + Metrics.NameOf(Metric);

    /// <summary>What the request adds to a share, 0 to 1. Null: it does not count for it.</summary>
    public double? ShareOf(Request request) => Outcome is not { } kind ? MetricValues.ShareOf(Metric, request)
        : request.Censored ? null : request.Outcome == kind ? 1 : 0;

    /// <summary>
    /// What is compared in a phase: three percentiles of both latencies, the median time per token, every share, and the error rate by
    /// kind of failure.
    /// </summary>
    /// <param name="kinds">Failures that either run had.</param>
    public static IEnumerable<Aspect> In(Phase? phase, IReadOnlyList<Outcome> kinds) =>
    [
        .. new[] { MetricId.Ttft, MetricId.E2e }.SelectMany(metric => new[] { 50.0, 95, 99 }.Select(percent => new Aspect(metric, percent, phase))),
        new Aspect(MetricId.Tpot, 50, phase),
        .. Shares.Select(metric => new Aspect(metric, null, phase)),
        .. kinds.Select(kind => new Aspect(MetricId.ErrorRate, null, phase, kind)),
    ];
}
