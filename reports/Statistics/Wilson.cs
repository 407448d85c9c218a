using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Statistics;

/// <summary>
/// Score interval for a share, without continuity correction (Wilson 1927):
/// (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n). Scores between 0 and 1 may add up to fractional hits: their variance is at
/// most p(1-p), so the interval is then too wide rather than too narrow.
/// </summary>
public static class Wilson
{
    /// <summary>Two-sided interval. Null of nothing.</summary>
    public static (double Low, double High)? TwoSided(double hits, long total, double confidence = 0.95) =>
        Bounds(hits, total, 1 - ((1 - confidence) / 2));

    /// <summary>A lower and an upper bound, each with this confidence by itself. Null of nothing.</summary>
    public static (double Low, double High)? OneSided(double hits, long total, double confidence = 0.95) =>
        Bounds(hits, total, confidence);

    /// <summary>
    /// Fewest tries at which a share of <paramref name="observed"/> has its one-sided bound on its own side of <paramref name="limit"/>:
    /// the score test turned round, n = z² L(1-L) / (L - p)². Null when they are equal.
    /// </summary>
    public static long? TriesFor(double observed, double limit, double confidence = 0.95)
    {
        var z = Normal.InvCDF(0, 1, confidence);
        var needed = z * z * limit * (1 - limit) / Math.Pow(limit - observed, 2);
        return needed < 1e9 ? (long)Math.Floor(needed) + 1 : null;
    }

    /// <summary>
    /// Chance of a share this far on the bad side of a limit, or farther, if the truth lay on it: the score test that the one-sided bounds
    /// turn round, z = (p - L)/√(L(1-L)/n).
    /// </summary>
    /// <param name="limit">Above 0 and below 1.</param>
    public static double ChanceBeyond(double hits, long total, double limit, bool worseIsMore)
    {
        Guard.Share(limit, nameof(limit));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(total);
        var z = ((hits / total) - limit) / Math.Sqrt(limit * (1 - limit) / total);
        return Normal.CDF(0, 1, worseIsMore ? -z : z);
    }

    private static (double Low, double High)? Bounds(double hits, long total, double probability)
    {
        if (total <= 0)
        {
            return null;
        }

        var z = Normal.InvCDF(0, 1, probability);
        var (n, p) = ((double)total, hits / total);
        var middle = p + (z * z / (2 * n));
        var reach = z * Math.Sqrt((p * (1 - p) / n) + (z * z / (4 * n * n)));
        var scale = 1 + (z * z / n);
        return (Math.Max(0, (middle - reach) / scale), Math.Min(1, (middle + reach) / scale));
    }
}
