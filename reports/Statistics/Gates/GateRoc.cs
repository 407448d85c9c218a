using ChaosBench.Reports.Statistics.Ranks;

namespace ChaosBench.Reports.Statistics.Gates;

/// <summary>
/// A gate's own error rates, from its scores on pairs of the same build and on pairs with a known regression: the share of each at or above
/// the threshold, with Wilson's interval, and the area under the curve, AUC = U/(nm) with ties half (Hanley and McNeil, Radiology 143, 1982).
/// </summary>
/// <param name="FalsePositive">Alarms on equal builds.</param>
/// <param name="TruePositive">Alarms on regressions.</param>
public sealed record GateRoc(double Area, RocRate FalsePositive, RocRate TruePositive)
{
    public static Answer<GateRoc> Of(ReadOnlySpan<double> equal, ReadOnlySpan<double> regressed, double threshold, double confidence = 0.95)
    {
        var ranks = MannWhitney.Of(regressed, equal);
        return ranks.Lack is { } lack ? lack
            : new GateRoc(ranks.Value.Superiority, Rate(equal, threshold, confidence), Rate(regressed, threshold, confidence));
    }

    /// <summary>
    /// Runs of equal builds without one alarm that show an error rate of at most <paramref name="rate"/>: 59 for 5 % at 95 % confidence.
    /// </summary>
    public static int RunsToShow(double rate, double confidence = 0.95) => OrderStatistics.MinimumSamples(1 - rate, confidence);

    /// <summary>
    /// Alarms that two runs have in common, over all of either: about 0 means that they were noise (Jaccard 1901). 1 when neither has any.
    /// </summary>
    public static double Overlap(IEnumerable<string> one, IEnumerable<string> other)
    {
        var (first, second) = (one.ToHashSet(StringComparer.Ordinal), other.ToHashSet(StringComparer.Ordinal));
        var shared = first.Count(second.Contains);
        var all = first.Count + second.Count - shared;
        return all == 0 ? 1 : (double)shared / all;
    }

    private static RocRate Rate(ReadOnlySpan<double> scores, double threshold, double confidence)
    {
        var alarms = 0;
        foreach (var score in scores)
        {
            alarms += score >= threshold ? 1 : 0;
        }

        var (low, high) = Wilson.TwoSided(alarms, scores.Length, confidence)!.Value;
        return new RocRate(alarms, scores.Length, low, high);
    }
}

public sealed record RocRate(long Alarms, long Runs, double Low, double High)
{
    public double Value => (double)Alarms / Runs;
}
