using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>
/// The few metrics that are needed while a run goes on, over a short window; failed requests are infinitely late here too. The verdict never uses them: it folds the journal.
/// </summary>
internal static class LiveMetrics
{
    /// <summary>The metric over <paramref name="answers"/>; null when there is nothing to measure.</summary>
    public static double? Evaluate(
        Objective objective, IEnumerable<JournalEvent.Observation> answers, IReadOnlyList<WaitingRequest> waiting, long now)
    {
        var mine = answers.Where(o => Concerns(objective, o.Phase, o.Cohort));
        if (objective.Metric == MetricId.ErrorRate)
        {
            var all = mine.ToList();
            return all.Count == 0 ? null : all.Count(o => o.Outcome != Outcome.Completed) / (double)all.Count;
        }

        var values = mine.Select(o => Latency(objective.Metric, o)).OfType<double>()
            .Concat(waiting.Where(w => Concerns(objective, w.Phase, w.Cohort) && IsOverdue(objective, w, now))
                .Select(_ => double.PositiveInfinity));
        return Aggregate(objective.Aggregation, new Distribution(values));
    }

    public static string Show(Objective objective, double value) => objective.Metric == MetricId.ErrorRate
        ? (value * 100).ToString("0.#", CultureInfo.InvariantCulture) + "%"
        : double.IsPositiveInfinity(value) ? "no answer" : (value * 1000).ToString("0.#", CultureInfo.InvariantCulture) + "ms";

    /// <summary>Seconds; infinite for a failed request; null where the metric does not exist for it.</summary>
    internal static double? Latency(MetricId metric, JournalEvent.Observation o)
    {
        if (metric == MetricId.DispatchLag)
        {
            return Between(o.Planned, o.Sent);
        }

        if (NeedsStream(metric) && !o.Cohort.Stream)
        {
            return null;
        }

        if (o.Outcome != Outcome.Completed)
        {
            return double.PositiveInfinity;
        }

        return metric switch
        {
            MetricId.Ttft => Between(o.Planned, o.FirstToken),
            MetricId.E2e => Between(o.Planned, o.LastToken ?? o.Ended),
            MetricId.TtftService => Between(o.Sent, o.FirstToken),
            MetricId.E2eService => Between(o.Sent, o.LastToken ?? o.Ended),
            MetricId.Tpot => TokenTime(o),
            MetricId.MaxStall => o.Gaps.Count == 0 ? null : Nanos.ToSeconds(o.Gaps.Max(gap => gap.Nanos)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static bool NeedsStream(MetricId metric) =>
        metric is MetricId.Ttft or MetricId.TtftService or MetricId.Tpot or MetricId.MaxStall;

    private static double? TokenTime(JournalEvent.Observation o) =>
        o.OutputTokens is { } n && o.FirstEventTokens is { } n1 && n > n1 ? Between(o.FirstToken, o.LastToken) / (n - n1) : null;

    private static double? Between(long? from, long? to) => from is { } start && to is { } end ? Nanos.ToSeconds(end - start) : null;

    private static bool IsOverdue(Objective objective, WaitingRequest request, long now) =>
        objective.Comparison is Comparison.Greater or Comparison.GreaterOrEqual
        && objective.Metric switch
        {
            MetricId.Ttft or MetricId.TtftService => request.Cohort.Stream && !request.HasFirstToken,
            MetricId.E2e or MetricId.E2eService => true,
            _ => false,
        }
        && Nanos.ToSeconds(now - request.Planned) > objective.Limit;

    private static bool Concerns(Objective objective, Phase phase, Cohort cohort) =>
        (objective.Phase is null ? phase != Phase.WarmUp : objective.Phase == phase)
        && Cohorts.Match(cohort, objective.Cohort);

    private static double? Aggregate(Aggregation aggregation, Distribution values) => aggregation.Kind switch
    {
        AggregationKind.Percentile => values.Quantile(aggregation.Percent / 100),
        AggregationKind.Mean or AggregationKind.Value => values.Mean,
        AggregationKind.Max => values.Max,
        AggregationKind.Min => values.Min,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
