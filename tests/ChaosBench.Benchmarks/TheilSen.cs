namespace ChaosBench.Benchmarks;

/// <summary>
/// A line through points by the median of all pairwise slopes (Theil 1950), with Sen's one-sided 95 % bound from the distribution of
/// Kendall's statistic (Sen 1968): no assumption of normal noise, and a few odd points do not move it.
/// </summary>
/// <param name="Upper">The slope is below it with 95 % confidence, if the points are independent.</param>
/// <param name="Intercept">Median of y - slope x.</param>
internal sealed record TheilSen(double Slope, double Upper, double Intercept)
{
    // The 95 % quantile of the normal distribution.
    private const double Z = 1.6448536269514722;

    /// <param name="x">At least 6, not all equal; fewer points have no 95 % bound.</param>
    public static TheilSen Fit(IReadOnlyList<double> x, IReadOnlyList<double> y)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(x.Count, 6, nameof(x));
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Count, y.Count, nameof(y));
        var slopes = new List<double>();
        for (var i = 0; i < x.Count; i++)
        {
            for (var j = i + 1; j < x.Count; j++)
            {
                if (x[i] != x[j])
                {
                    slopes.Add((y[j] - y[i]) / (x[j] - x[i]));
                }
            }
        }

        slopes.Sort();
        double n = x.Count;
        var spread = Z * Math.Sqrt(n * (n - 1) * ((2 * n) + 5) / 18);
        // Counted from one, Sen's rank is (N + spread) / 2 + 1; rounded up, which is the careful side.
        var rank = (int)Math.Ceiling((slopes.Count + spread) / 2);
        var slope = Median(slopes);
        return new TheilSen(slope, slopes[Math.Min(rank, slopes.Count - 1)], Median([.. x.Zip(y, (a, b) => b - (slope * a)).Order()]));
    }

    private static double Median(List<double> sorted) =>
        (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
}
