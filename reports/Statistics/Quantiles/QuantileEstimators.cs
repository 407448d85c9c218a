using MathNet.Numerics;

namespace ChaosBench.Reports.Statistics.Quantiles;

/// <summary>Which number is called the p-quantile of a sample: Hyndman and Fan, The American Statistician 50 (1996).</summary>
public enum QuantileType
{
    /// <summary>Type 1: the smallest value with at least a share p of the sample at or below it.</summary>
    InvertedCdf = 1,

    /// <summary>Type 7: linear between order statistics around 1 + (n - 1) p. What every report shows.</summary>
    Linear = 7,

    /// <summary>Type 8: around (n + 1/3) p + 1/3, about median-unbiased whatever the law.</summary>
    MedianUnbiased = 8,
}

/// <summary>
/// Quantiles of a sample. Values at infinity are kept as such, which is why no library does this: a quantile between a finite value and
/// infinity is infinite, one between two infinities too.
/// </summary>
public static class QuantileEstimators
{
    /// <param name="values">In any order; not changed.</param>
    /// <param name="probability">0 to 1.</param>
    public static Answer<double> Of(ReadOnlySpan<double> values, double probability, QuantileType type = QuantileType.Linear)
    {
        Within(probability);
        return Guard.Ordered(values, 1) is { } lack ? lack : OfSorted(Sorted(values), probability, type);
    }

    /// <summary>
    /// Harrell and Davis (Biometrika 69, 1982): all order statistics, weighted by I_{i/n}(a, b) - I_{(i-1)/n}(a, b), a = (n + 1) p,
    /// b = (n + 1)(1 - p). Every weight is above zero, so that one infinite value makes it infinite.
    /// </summary>
    public static Answer<double> HarrellDavis(ReadOnlySpan<double> values, double probability)
    {
        Guard.Share(probability, nameof(probability));
        if (Guard.Ordered(values, 1) is { } lack)
        {
            return lack;
        }

        var sorted = Sorted(values);
        if (double.IsInfinity(sorted[0]) || double.IsInfinity(sorted[^1]))
        {
            return double.IsInfinity(sorted[^1]) ? sorted[^1] : sorted[0];
        }

        var n = sorted.Length;
        var (a, b) = ((n + 1) * probability, (n + 1) * (1 - probability));
        var (below, sum) = (0.0, 0.0);
        for (var i = 1; i <= n; i++)
        {
            var upTo = i == n ? 1 : SpecialFunctions.BetaRegularized(a, b, (double)i / n);
            sum += (upTo - below) * sorted[i - 1];
            below = upTo;
        }

        return sum;
    }

    /// <param name="sorted">Rising, at least one.</param>
    internal static double OfSorted(ReadOnlySpan<double> sorted, double probability, QuantileType type = QuantileType.Linear)
    {
        var n = sorted.Length;
        if (type == QuantileType.InvertedCdf)
        {
            // n p that is whole but for rounding is whole.
            var rank = (int)Math.Ceiling((n * probability) - (n * probability * 1e-15));
            return sorted[Math.Clamp(rank, 1, n) - 1];
        }

        var place = type == QuantileType.Linear ? 1 + ((n - 1) * probability) : ((n + (1.0 / 3)) * probability) + (1.0 / 3);
        place = Math.Clamp(place, 1, n);
        var below = (int)Math.Floor(place);
        var (low, high) = (sorted[below - 1], sorted[Math.Min(below, n - 1)]);
        var fraction = place - below;
        return fraction <= 0 || low.Equals(high) ? low : low + (fraction * (high - low));
    }

    internal static double[] Sorted(ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return sorted;
    }

    private static void Within(double probability)
    {
        if (!(probability >= 0 && probability <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "must lie from 0 to 1");
        }
    }
}
