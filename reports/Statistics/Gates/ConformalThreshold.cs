using ChaosBench.Reports.Statistics.Quantiles;

namespace ChaosBench.Reports.Statistics.Gates;

/// <summary>
/// A threshold from what the baseline does when it is run again, rather than from a guess (Vovk, Gammerman and Shafer, Algorithmic Learning
/// in a Random World, 2005): x_(⌊α(n + 1)⌋) of its own similarities. A new value from the same law is below it with a chance of at
/// most α.
/// </summary>
public sealed class ConformalThreshold
{
    private readonly double[] _sorted;

    private ConformalThreshold(double[] sorted, int rank) => (_sorted, Rank) = (sorted, rank);

    /// <summary>1-based.</summary>
    public int Rank { get; }

    public double Value => _sorted[Rank - 1];

    /// <param name="baseline">Similarities of repeats of the baseline, of one cohort. At α = 5 % at least 19.</param>
    public static Answer<ConformalThreshold> Of(ReadOnlySpan<double> baseline, double alpha = 0.05)
    {
        Guard.Share(alpha, nameof(alpha));
        if (Guard.Finite(baseline, 1, "baseline") is { } lack)
        {
            return lack;
        }

        var rank = (int)Math.Floor((alpha * (baseline.Length + 1)) + 1e-9);
        return rank < 1
            ? Lack.NotEnough($"{baseline.Length} repeats have no threshold at {alpha}; it takes {Math.Ceiling((1 / alpha) - 1 - 1e-9)}")
            : new ConformalThreshold(QuantileEstimators.Sorted(baseline), rank);
    }

    /// <summary>(1 + #{b_i &lt;= value})/(n + 1).</summary>
    public Answer<double> P(double value) => double.IsNaN(value)
        ? new Lack(LackKind.NotANumber, "the similarity is not a number")
        : (1.0 + _sorted.Count(known => known <= value)) / (_sorted.Length + 1);
}
