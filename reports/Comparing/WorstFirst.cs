using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Comparing;

/// <summary>The order in which every text, page and file of a comparison tells its numbers.</summary>
internal static class WorstFirst
{
    /// <param name="margin">Of latencies, <paramref name="points"/> of shares: what makes both comparable.</param>
    public static List<MetricComparison> Sort(IEnumerable<MetricComparison> metrics, double margin, double points) =>
        [.. metrics.OrderBy(Rank).ThenByDescending(metric => Harm(metric, margin, points))];

    private static int Rank(MetricComparison metric) => (metric.Verdict, metric.ReasonCode) switch
    {
        (FindingVerdict.Fail, _) => 0,
        (FindingVerdict.Inconclusive, ReasonCodes.NotAmongSeveral) => 1,
        (FindingVerdict.Inconclusive, ReasonCodes.Straddles) => 2,
        (FindingVerdict.Inconclusive, _) => 3,
        _ => metric.Better ? 5 : 4,
    };

    /// <summary>Margins by which it moved to the bad side. Failures that reach a percentile are worse than any number.</summary>
    private static double Harm(MetricComparison metric, double margin, double points)
    {
        const double Least = 1e-9;
        if (metric.Change is not { } change)
        {
            return (metric.Before, metric.After) switch
            {
                ({ } before, { } after) when double.IsInfinity(after) && double.IsFinite(before) => double.PositiveInfinity,
                ({ } before, { } after) when double.IsInfinity(before) && double.IsFinite(after) => double.NegativeInfinity,
                _ => 0,
            };
        }

        return metric.Unit == "share" ? (metric.WorseIsMore ? change : -change) / Math.Max(Least, points) : change / Math.Max(Least, margin);
    }
}
