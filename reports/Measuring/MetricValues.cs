using System.Diagnostics;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Measuring;

/// <summary>What one request contributes to each metric: the definitions of docs/metrics.md, one line each.</summary>
internal static class MetricValues
{
    /// <summary>Adds the request's values in seconds; none where the metric does not exist for it.</summary>
    public static void AddTo(DistributionBuilder values, MetricId metric, Request request)
    {
        if (metric is MetricId.TokenGap or MetricId.ChunkGap)
        {
            AddGaps(values, metric, request);
        }
        else if (Of(metric, request) is { } value)
        {
            values.Add(value);
        }
    }

    /// <summary>The one value of a metric that has one a request.</summary>
    public static double? Of(MetricId metric, Request request) => metric switch
    {
        MetricId.Ttft => request.Ttft,
        MetricId.E2e => request.E2e,
        MetricId.TtftService => request.TtftService,
        MetricId.E2eService => request.E2eService,
        MetricId.Tpot => request.Tpot,
        MetricId.MaxStall => request.MaxStall,
        MetricId.DispatchLag => request.DispatchLag,
        MetricId.TtftOk => request.Completed ? request.Ttft : null,
        MetricId.E2eOk => request.Completed ? request.E2e : null,
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
        _ when Metrics.IsScore(metric) => request.Censored ? null : request.ScoreOf(metric),
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
    /// Completed, within every declared per-request objective, not graded wrong, and with every assertion held. An objective on a latency that does not exist
    /// does not count.
    /// </summary>
    public static bool IsGood(Request request, RequestObjectives objectives) =>
        request.Completed
        && Within(request.Ttft, objectives.Ttft)
        && Within(request.E2e, objectives.E2e)
        && Within(request.Tpot, objectives.Tpot)
        && (request.Accuracy is null or >= 1)
        && (request.ScoreOf(MetricId.AssertionsHeld) is null or >= 1);

    private static bool Within(double? seconds, TimeSpan? limit) => seconds is null || limit is null || seconds <= limit.Value.TotalSeconds;

    /// <summary>
    /// An event with k tokens after a wait of g is k gaps of g / k: a server that sends tokens in parcels gains no zero gaps. A stream
    /// that failed ends in one gap without end.
    /// </summary>
    private static void AddGaps(DistributionBuilder values, MetricId metric, Request request)
    {
        if (!request.Completed)
        {
            if (request.Cohort.Stream && !request.Censored)
            {
                values.Add(double.PositiveInfinity);
            }

            return;
        }

        foreach (var gap in request.Gaps)
        {
            var tokens = metric == MetricId.TokenGap ? Math.Max(1, gap.Tokens) : 1;
            values.Add(Nanos.ToSeconds(gap.Nanos) / tokens, tokens);
        }
    }
}
