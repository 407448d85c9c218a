using System.Diagnostics;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Measuring;

/// <summary>From values to the numbers that reports show.</summary>
public static class Summaries
{
    /// <summary>Null when the sample is empty.</summary>
    public static double? Aggregate(Distribution values, Aggregation aggregation) => aggregation.Kind switch
    {
        AggregationKind.Percentile => values.Quantile(aggregation.Percent / 100),
        AggregationKind.Mean => values.Mean,
        AggregationKind.Max => values.Max,
        AggregationKind.Min => values.Min,
        AggregationKind.Value => values.Mean,
        _ => throw new UnreachableException($"no rule for {aggregation.Kind}"),
    };

    public static bool Satisfies(double value, Comparison comparison, double limit) => comparison switch
    {
        Comparison.Less => value < limit,
        Comparison.LessOrEqual => value <= limit,
        Comparison.Greater => value > limit,
        Comparison.GreaterOrEqual => value >= limit,
        _ => throw new UnreachableException($"no rule for {comparison}"),
    };

    /// <summary>
    /// Percentiles only where the sample can carry a 95 % bound for them: p50 from 5 values, p90 from 29, p95 from 59, p99 from 299.
    /// </summary>
    public static MetricSummary Of(Distribution values) => new()
    {
        Count = values.Count,
        Unit = "s",
        P50 = Percentile(values, 0.5),
        P90 = Percentile(values, 0.9),
        P95 = Percentile(values, 0.95),
        P99 = Percentile(values, 0.99),
        Max = values.Max,
        Mean = values.Mean,
        Precision = values.Precision,
    };

    /// <summary>Every target, phase (<c>baseline</c>, <c>fault</c>, <c>recovery</c>, <c>all</c>) and metric that was measured.</summary>
    public static IReadOnlyDictionary<string, TargetSummary> Targets(Measurements run)
    {
        var targets = new SortedDictionary<string, TargetSummary>(StringComparer.Ordinal);
        foreach (var name in run.Run.Targets.Values.Distinct(StringComparer.Ordinal))
        {
            var phases = new Dictionary<string, IReadOnlyDictionary<string, MetricSummary>>(StringComparer.Ordinal);
            foreach (var (label, phase) in Phases)
            {
                var metrics = SliceFold.Of(run, new Slice(name, phase));
                if (metrics.Count > 0)
                {
                    phases[label] = metrics;
                }
            }

            targets[name] = new TargetSummary(phases);
        }

        return targets;
    }

    public static string NameOf(Phase? phase) => phase switch
    {
        null => "all",
        Phase.WarmUp => "warm-up",
        Phase.Baseline => "baseline",
        Phase.Fault => "fault",
        Phase.Recovery => "recovery",
        _ => throw new UnreachableException($"no name for {phase}"),
    };

    private static (string Label, Phase? Phase)[] Phases { get; } =
        [("baseline", Phase.Baseline), ("fault", Phase.Fault), ("recovery", Phase.Recovery), ("all", null)];

    private static double? Percentile(Distribution values, double probability) =>
        values.Count >= OrderStatistics.MinimumSamples(probability) ? values.Quantile(probability) : null;
}
