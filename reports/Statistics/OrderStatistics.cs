namespace ChaosBench.Reports.Statistics;

/// <summary>
/// Distribution-free bounds for a quantile from the ranks of the sorted sample (Wilks 1941; David and Nagaraja, Order Statistics;
/// Hahn and Meeker, Statistical Intervals). Assumes independent values. Values at infinity are values like others.
/// </summary>
public static class OrderStatistics
{
    /// <summary>
    /// Fewest values for which the largest is an upper bound of the quantile: ceil(ln(1 - confidence) / ln p). 59 for p95, 299 for p99.
    /// </summary>
    public static int MinimumSamples(double probability, double confidence = 0.95) =>
        probability <= 0 ? 1 : probability >= 1 ? int.MaxValue
        : (int)Math.Min(int.MaxValue, Math.Ceiling(Math.Log(1 - confidence) / Math.Log(probability)));

    /// <summary>
    /// 1-based rank r, smallest with P(Bin(n, p) &lt;= r - 1) &gt;= confidence: x_(r) is an upper bound. Null: the sample is too small.
    /// </summary>
    public static int? UpperRank(int n, double probability, double confidence = 0.95) =>
        Smallest(n, rank => Binomial.AtMost(rank - 1, n, probability) >= confidence);

    /// <summary>
    /// 1-based rank r, largest with P(Bin(n, p) &lt;= r - 1) &lt;= 1 - confidence: x_(r) is a lower bound. Null: the sample is too small.
    /// </summary>
    public static int? LowerRank(int n, double probability, double confidence = 0.95)
    {
        var first = Smallest(n, rank => Binomial.AtMost(rank - 1, n, probability) > 1 - confidence) ?? n + 1;
        return first > 1 ? first - 1 : null;
    }

    /// <summary>Two-sided ranks with half of the error on each side, and what they cover: F(u - 1) - F(l - 1).</summary>
    public static (int Lower, int Upper, double Coverage)? Interval(int n, double probability, double confidence = 0.95)
    {
        var half = 1 - ((1 - confidence) / 2);
        return LowerRank(n, probability, half) is { } lower && UpperRank(n, probability, half) is { } upper
            ? (lower, upper, Binomial.AtMost(upper - 1, n, probability) - Binomial.AtMost(lower - 1, n, probability))
            : null;
    }

    /// <summary>The smallest rank in 1..n for which a monotone condition holds.</summary>
    private static int? Smallest(int n, Func<int, bool> holds)
    {
        var (low, high) = (1, n + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (holds(middle))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low <= n ? low : null;
    }
}
