using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Engine;

internal static class Objectives
{
    public static Objective Of(string text, MetricId metric, Comparison comparison, double limit, double? percentile = null) => new()
    {
        Text = text,
        Metric = metric,
        Aggregation = percentile is { } p ? new Aggregation(AggregationKind.Percentile, p) : new Aggregation(AggregationKind.Value),
        Comparison = comparison,
        Limit = limit,
    };
}
