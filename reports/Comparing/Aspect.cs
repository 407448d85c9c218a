using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Comparing;

/// <summary>One number of a run that is set beside that of another.</summary>
/// <param name="Percent">Of the distribution; null for a share.</param>
/// <param name="Phase">Null: all measured phases.</param>
internal sealed record Aspect(MetricId Metric, double? Percent, Phase? Phase)
{
    private static readonly MetricId[] Shares = [MetricId.ErrorRate, MetricId.Attainment, MetricId.Accuracy, MetricId.FieldAccuracy, MetricId.ValidJson, MetricId.CanaryAccuracy];

    public bool WorseIsMore => Percent is not null || Metric == MetricId.ErrorRate;

    public string Name => (Percent is { } percent ? FormattableString.Invariant($"p{percent} ") : "") + Metrics.NameOf(Metric);

    /// <summary>What is compared in a phase: three percentiles of both latencies, the median time per token, every share.</summary>
    public static IEnumerable<Aspect> In(Phase? phase) =>
    [
        .. new[] { MetricId.Ttft, MetricId.E2e }.SelectMany(metric => new[] { 50.0, 95, 99 }.Select(percent => new Aspect(metric, percent, phase))),
        new Aspect(MetricId.Tpot, 50, phase),
        .. Shares.Select(metric => new Aspect(metric, null, phase)),
    ];
}
