using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Statistics.Quantiles;

/// <summary>
/// How far a quantile of one version lies from that of another, where both were measured in pairs of blocks: the shifts that a test on
/// exceedances does not refuse. For a shift s every baseline value is moved by s, the threshold t is the p-quantile of all values
/// together, and a block's score is the candidate's values above t less the baseline's. If s is the truth the scores are 0 on average;
/// Student's t over the blocks tells. Inverting a test on counts instead of guessing a density: Woodruff (JASA 47, 1952) and, for
/// clusters, Francisco and Fuller (Annals of Statistics 19, 1991). Requests that both versions met alike cancel in the score, which is
/// what common random numbers are for.
/// </summary>
/// <param name="Estimate">Difference of the pooled quantiles, type 7. Infinite or NaN where one of them is infinite.</param>
/// <param name="Low">One-sided bound; negative infinity where the tail is too thin for one.</param>
/// <param name="High">One-sided bound; positive infinity where the tail is too thin for one.</param>
/// <param name="Blocks">Pairs of blocks.</param>
public sealed record QuantileShift(double Estimate, double Low, double High, int Blocks)
{
    /// <summary>Below so many blocks whose scores are not 0 no sign pattern is rarer than 5 %.</summary>
    private const int FewestTelling = 5;

    private const int MostSteps = 60;

    /// <param name="confidence">Of each bound by itself.</param>
    public static QuantileShift Of(BlockValues values, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(values);
        Guard.Share(confidence, nameof(confidence));
        var estimate = values.QuantileOf(candidate: true) - values.QuantileOf(candidate: false);
        var (blocks, (least, most)) = (values.Blocks, values.Shifts);
        if (blocks < FewestTelling || !double.IsFinite(estimate))
        {
            return new QuantileShift(estimate, double.NegativeInfinity, double.PositiveInfinity, blocks);
        }

        var reach = StudentT.InvCDF(0, 1, blocks - 1, confidence);
        var low = Edge(values, refused: least, kept: estimate, statistic => statistic > reach);
        var high = Edge(values, refused: most, kept: estimate, statistic => statistic < -reach);
        return new QuantileShift(estimate, low ?? double.NegativeInfinity, high ?? double.PositiveInfinity, blocks);
    }

    /// <summary>Chance of a shift this far on the bad side of <paramref name="limit"/>, or farther, if the truth lay on it.</summary>
    public static double ChanceBeyond(BlockValues values, double limit, bool worseIsMore)
    {
        ArgumentNullException.ThrowIfNull(values);
        var statistic = Statistic(values, limit);
        return double.IsInfinity(statistic) ? worseIsMore == statistic > 0 ? 0 : 1
            : StudentT.CDF(0, 1, values.Blocks - 1, worseIsMore ? -statistic : statistic);
    }

    /// <summary>Mean score over its standard error; 0 where too few blocks tell anything.</summary>
    internal static double Statistic(BlockValues values, double shift)
    {
        var (mean, error, telling) = values.Score(shift);
        return telling < FewestTelling ? 0
            : error > 0 ? mean / error
            : mean.Equals(0.0) ? 0 : mean > 0 ? double.PositiveInfinity : double.NegativeInfinity;
    }

    /// <summary>The last shift that is refused on the way to one that is not; null when even the farthest is kept.</summary>
    private static double? Edge(BlockValues values, double refused, double kept, Func<double, bool> refuses)
    {
        if (!refuses(Statistic(values, refused)))
        {
            return null;
        }

        var close = 1e-9 * Math.Abs(kept - refused);
        for (var step = 0; step < MostSteps && Math.Abs(kept - refused) > close; step++)
        {
            var middle = (kept + refused) / 2;
            if (refuses(Statistic(values, middle)))
            {
                refused = middle;
            }
            else
            {
                kept = middle;
            }
        }

        return refused;
    }
}
