using ChaosBench.Reports.Statistics.Quantiles;

namespace ChaosBench.Reports.Statistics.Distances;

/// <summary>
/// The area between two empirical distributions: how far, on average, values must be moved to turn one into the other (Vallender 1974),
/// ∫|F - G|. In the unit of the values: divide by the reference's interquartile range to compare metrics.
/// </summary>
public static class Wasserstein
{
    public static Answer<double> Of(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (Guard.BothFinite(x, y, 1) is { } lack)
        {
            return lack;
        }

        var (one, other) = (QuantileEstimators.Sorted(x), QuantileEstimators.Sorted(y));
        var (i, j, area, at) = (0, 0, 0.0, Math.Min(one[0], other[0]));
        while (i < one.Length || j < other.Length)
        {
            var next = j == other.Length || (i < one.Length && one[i] <= other[j]) ? one[i] : other[j];
            area += Math.Abs(((double)i / one.Length) - ((double)j / other.Length)) * (next - at);
            at = next;
            while (i < one.Length && one[i] <= at)
            {
                i++;
            }

            while (j < other.Length && other[j] <= at)
            {
                j++;
            }
        }

        return area;
    }
}
