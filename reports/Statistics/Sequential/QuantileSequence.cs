using ChaosBench.Reports.Statistics.Quantiles;

namespace ChaosBench.Reports.Statistics.Sequential;

/// <summary>
/// An interval for a quantile that holds at all times at once (Howard and Ramdas, Bernoulli 28, 2022, arXiv:1906.09712, theorem 1):
/// l(t) = (1.4 ln ln(2.1 t) + ln(10/α))/t, f = 1.5 √(p(1 - p) l) + 0.8 l, from Q(p - f) to Q(p + f). Where p + f is 1 or more there is no
/// upper bound yet. Independent values.
/// </summary>
public static class QuantileSequence
{
    public static double Ell(long count, double alpha = 0.05)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        Guard.Share(alpha, nameof(alpha));
        return ((1.4 * Math.Log(Math.Log(2.1 * count))) + Math.Log(10 / alpha)) / count;
    }

    /// <summary>f: how far from p the bounding shares are.</summary>
    public static double Reach(long count, double probability, double alpha = 0.05)
    {
        Guard.Share(probability, nameof(probability));
        var ell = Ell(count, alpha);
        return (1.5 * Math.Sqrt(probability * (1 - probability) * ell)) + (0.8 * ell);
    }

    /// <summary>Infinite on a side that is not bounded yet.</summary>
    public static Answer<(double Low, double High)> Around(ReadOnlySpan<double> values, double probability, double alpha = 0.05)
    {
        if (Guard.Ordered(values, 2) is { } lack)
        {
            return lack;
        }

        var (reach, sorted) = (Reach(values.Length, probability, alpha), QuantileEstimators.Sorted(values));
        return (
            probability - reach <= 0 ? double.NegativeInfinity : QuantileEstimators.OfSorted(sorted, probability - reach, QuantileType.InvertedCdf),
            probability + reach >= 1 ? double.PositiveInfinity : QuantileEstimators.OfSorted(sorted, probability + reach, QuantileType.InvertedCdf));
    }
}
