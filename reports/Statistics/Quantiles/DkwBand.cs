namespace ChaosBench.Reports.Statistics.Quantiles;

/// <summary>
/// A band around the whole empirical distribution (Dvoretzky, Kiefer and Wolfowitz 1956, with Massart's constant 1990):
/// ε = √(ln(2/α) / 2n). Too wide for tails: at n = 1,000 a p99 has no upper end in it.
/// </summary>
public static class DkwBand
{
    public static double HalfWidth(long count, double alpha = 0.05)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        Guard.Share(alpha, nameof(alpha));
        return Math.Sqrt(Math.Log(2 / alpha) / (2 * count));
    }

    /// <summary>Bounds of one quantile, valid for all quantiles at once. A side that the band leaves open is infinite.</summary>
    public static Answer<(double Low, double High)> Quantile(ReadOnlySpan<double> values, double probability, double alpha = 0.05)
    {
        if (Guard.Ordered(values, 1) is { } lack)
        {
            return lack;
        }

        var (reach, sorted) = (HalfWidth(values.Length, alpha), QuantileEstimators.Sorted(values));
        return (
            probability - reach <= 0 ? double.NegativeInfinity : QuantileEstimators.OfSorted(sorted, probability - reach, QuantileType.InvertedCdf),
            probability + reach >= 1 ? double.PositiveInfinity : QuantileEstimators.OfSorted(sorted, probability + reach, QuantileType.InvertedCdf));
    }
}
