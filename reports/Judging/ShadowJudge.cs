using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Statistics;
using ChaosBench.Reports.Statistics.Means;
using ChaosBench.Scenarios.Model;
using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Judging;

/// <summary>
/// Mirrored traffic: each request was answered by both versions, so that shares and means are compared request by request. Requests that
/// come from one template, or ask the same, are one cluster (Miller 2024, arXiv:2411.00640, equation 4). Percentiles are no matter of one
/// request and are compared block by block, as in any A/B run.
/// </summary>
internal static class ShadowJudge
{
    /// <summary>Tag of prompts that were made from one template.</summary>
    private const string Template = "template";

    public static bool Handles(Objective objective) => BaselineWords.IsShare(objective) || objective.Aggregation.Kind == AggregationKind.Mean;

    public static Ruling Decide(Objective objective, Measurements run, Slice candidate, string baseline)
    {
        var limit = objective.LimitKind == LimitKind.RelativeToBaseline ? Math.Log(1 + objective.Limit) : objective.Limit;
        var (differences, clusters) = Pairs(objective, run, candidate, baseline);
        if (differences.Count == 0 || clusters.Distinct().Count() < BaselineJudge.FewestBlocks)
        {
            return Ruling.Undecided(
                ReasonCodes.TooFewBlocks,
                $"{differences.Count} requests{Wording.Where(objective)} were answered by both versions; a comparison takes at least "
                    + $"{BaselineJudge.FewestBlocks} that do not ask the same. Run longer.")
                with { Samples = differences.Count };
        }

        var (whole, other) = (BaselineJudge.Whole(objective, run, candidate), BaselineJudge.Whole(objective, run, candidate with { Target = baseline }));
        var ruling = Bounds(differences, clusters, AbsoluteJudge.Confidence) is { } bounds
            ? BaselineJudge.ByMean(objective, limit, bounds) : BaselineJudge.BySigns(objective, limit, differences, differences.Count);
        return ruling with
        {
            Samples = differences.Count,
            BaselineObserved = other,
            Advice = BaselineWords.Seen(objective, ruling, whole, other, differences.Count, "requests that both versions got") + ruling.Advice,
        };
    }

    /// <returns>Differences request by request, candidate less baseline or of their logarithms, each with its cluster.</returns>
    public static (List<double> Differences, List<string> Clusters) Pairs(Objective objective, Measurements run, Slice candidate, string baseline)
    {
        var (ratio, other) = (objective.LimitKind == LimitKind.RelativeToBaseline, candidate with { Target = baseline });
        var waiting = new Dictionary<int, double>();
        var (differences, clusters) = (new List<double>(), new List<string>());
        foreach (var request in run.Requests)
        {
            var isMine = candidate.Holds(request);
            if (!isMine && !other.Holds(request))
            {
                continue;
            }

            var value = Metrics.IsDistribution(objective.Metric)
                ? MetricValues.Of(objective.Metric, request) : MetricValues.ShareOf(objective.Metric, request);
            if (value is not { } known)
            {
                continue;
            }

            // A request and its copy are neighbours in the plan.
            if (waiting.Remove(request.Arrival / 2, out var twin))
            {
                differences.Add(BaselineJudge.Difference(isMine ? (known, twin) : (twin, known), ratio));
                clusters.Add(request.Cohort.Tags.TryGetValue(Template, out var template) ? template : request.PromptId);
            }
            else
            {
                waiting[request.Arrival / 2] = known;
            }
        }

        return (differences, clusters);
    }

    /// <summary>Mean difference with one-sided bounds: Student's t at the number of clusters. Null: no spread, or values without end.</summary>
    public static MeanBounds? Bounds(IReadOnlyList<double> differences, IReadOnlyList<string> clusters, double confidence)
    {
        if (ClusteredMean.Of([.. differences], clusters) is not { IsKnown: true, Value: var mean } || mean.Clusters < 2 || !(mean.StandardError > 0))
        {
            return null;
        }

        var reach = mean.StandardError * StudentT.InvCDF(0, 1, mean.Clusters - 1, confidence);
        return new MeanBounds(mean.Mean, mean.StandardError, mean.Mean - reach, mean.Mean + reach, mean.Clusters);
    }
}
