using System.Diagnostics;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Measuring;

/// <summary>What one request contributes to each metric: the definitions of docs/metrics.md, one line each.</summary>
internal static class MetricValues
{
    /// <summary>Values in seconds; none where the metric does not exist for this request.</summary>
    public static IEnumerable<double> Of(MetricId metric, Request request) => metric switch
    {
        MetricId.Ttft => One(request.Ttft),
        MetricId.E2e => One(request.E2e),
        MetricId.TtftService => One(request.TtftService),
        MetricId.E2eService => One(request.E2eService),
        MetricId.Tpot => One(request.Tpot),
        MetricId.MaxStall => One(request.MaxStall),
        MetricId.DispatchLag => One(request.DispatchLag),
        MetricId.TtftOk => request.Completed ? One(request.Ttft) : [],
        MetricId.E2eOk => request.Completed ? One(request.E2e) : [],
        MetricId.TokenGap => request.Completed ? request.Gaps.SelectMany(TokenGaps) : Lost(request),
        MetricId.ChunkGap => request.Completed ? request.Gaps.Select(gap => Nanos.ToSeconds(gap.Nanos)) : Lost(request),
        _ => throw new UnreachableException($"{metric} has no values per request"),
    };

    /// <summary>0 to 1, or null when the request does not count for this share.</summary>
    public static double? ShareOf(MetricId metric, Request request) => metric switch
    {
        MetricId.Attainment => request.Censored ? null : request.Good ? 1 : 0,
        MetricId.ErrorRate => request.Censored ? null : request.Completed ? 0 : 1,
        MetricId.Accuracy => request.Censored ? null : request.Accuracy,
        MetricId.FieldAccuracy => request.Censored ? null : request.FieldAccuracy,
        MetricId.ValidJson => request.Censored ? null : request.ValidJson,
        MetricId.CanaryAccuracy => request.Cohort.Role == PromptRole.Canary && !request.Censored ? request.Accuracy : null,
        _ => throw new UnreachableException($"{metric} is no share of requests"),
    };

    /// <summary>What the request adds to an amount per second.</summary>
    public static double AmountOf(MetricId metric, Request request) => metric switch
    {
        MetricId.Goodput => request.Good ? 1 : 0,
        MetricId.RequestRate => request.Completed ? 1 : 0,
        MetricId.OutputTokenRate => request.Completed ? request.OutputTokens : 0,
        _ => throw new UnreachableException($"{metric} is no rate"),
    };

    /// <summary>
    /// Completed, within every declared per-request objective, and not graded wrong. An objective on a latency that does not exist
    /// does not count.
    /// </summary>
    public static bool IsGood(Request request, RequestObjectives objectives) =>
        request.Completed
        && Within(request.Ttft, objectives.Ttft)
        && Within(request.E2e, objectives.E2e)
        && Within(request.Tpot, objectives.Tpot)
        && (request.Accuracy is null or >= 1);

    private static bool Within(double? seconds, TimeSpan? limit) => seconds is null || limit is null || seconds <= limit.Value.TotalSeconds;

    private static IEnumerable<double> One(double? value) => value is { } number ? [number] : [];

    /// <summary>
    /// An event with k tokens after a wait of g is k gaps of g / k: a server that sends tokens in parcels gains no zero gaps.
    /// </summary>
    private static IEnumerable<double> TokenGaps(TokenGap gap) =>
        Enumerable.Repeat(Nanos.ToSeconds(gap.Nanos) / Math.Max(1, gap.Tokens), Math.Max(1, gap.Tokens));

    /// <summary>A stream that failed ends in one gap without end.</summary>
    private static IEnumerable<double> Lost(Request request) =>
        request.Cohort.Stream && !request.Censored ? [double.PositiveInfinity] : [];
}
