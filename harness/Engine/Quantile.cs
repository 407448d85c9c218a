namespace ChaosBench.Engine;

internal static class Quantile
{
    /// <summary>Type 7 (Hyndman and Fan 1996) of values in ascending order; null of nothing. Infinite values count as such.</summary>
    public static double? OfSorted(ReadOnlySpan<double> sorted, double percent)
    {
        if (sorted.IsEmpty)
        {
            return null;
        }

        var at = (sorted.Length - 1) * percent / 100;
        var below = (int)Math.Floor(at);
        var weight = at - below;
        return weight == 0 || sorted[below] == sorted[below + 1]
            ? sorted[below]
            : sorted[below] + (weight * (sorted[below + 1] - sorted[below]));
    }
}
