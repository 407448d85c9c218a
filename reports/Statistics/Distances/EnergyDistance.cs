using ChaosBench.Reports.Statistics.Quantiles;

namespace ChaosBench.Reports.Statistics.Distances;

/// <summary>
/// E = 2 E|X - Y| - E|X - X'| - E|Y - Y'| (Székely and Rizzo, Journal of Statistical Planning and Inference 143, 2013); zero only when
/// the laws are equal. In n log n, from sorted values.
/// </summary>
/// <param name="V">Every value also paired with itself: never negative.</param>
/// <param name="U">Without those pairs: unbiased, may be negative. Null with one value in a sample.</param>
public sealed record EnergyDistance(double V, double? U)
{
    /// <summary>√(2 ∫(F - G)²), which is √V: what SciPy calls the energy distance.</summary>
    public double Root => Math.Sqrt(Math.Max(0, V));

    public static Answer<EnergyDistance> Of(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (Guard.BothFinite(x, y, 1) is { } lack)
        {
            return lack;
        }

        var (one, other) = (QuantileEstimators.Sorted(x), QuantileEstimators.Sorted(y));
        var (n, m) = ((double)one.Length, (double)other.Length);
        var (within, beside, across) = (Within(one), Within(other), Across(one, other));
        return new EnergyDistance(
            (2 * across / (n * m)) - (within / (n * n)) - (beside / (m * m)),
            n < 2 || m < 2 ? null : (2 * across / (n * m)) - (within / (n * (n - 1))) - (beside / (m * (m - 1))));
    }

    /// <summary>Σ|x_i - x_j| over ordered pairs.</summary>
    private static double Within(double[] sorted)
    {
        var sum = 0.0;
        for (var i = 0; i < sorted.Length; i++)
        {
            sum += ((2.0 * i) - sorted.Length + 1) * (sorted[i] - sorted[0]);
        }

        return 2 * sum;
    }

    /// <summary>Σ|x_i - y_j|: the sum over the joint sample less those within.</summary>
    private static double Across(double[] x, double[] y)
    {
        double[] both = [.. x, .. y];
        Array.Sort(both);
        return (Within(both) - Within(x) - Within(y)) / 2;
    }
}
