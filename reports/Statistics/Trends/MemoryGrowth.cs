namespace ChaosBench.Reports.Statistics.Trends;

/// <summary>
/// Memory over time at a steady load, warm-up left out: Theil and Sen's slope with its interval, Mann and Kendall's trend, and the slope
/// of the lowest value of each window. A collector makes a saw-tooth whose slope may be anything; its floor only rises with what is
/// really kept. It leaks above a budget only when both say so.
/// </summary>
/// <param name="Slope">Per unit of time.</param>
/// <param name="FloorSlope">Of window minima.</param>
/// <param name="FloorLow">Two-sided bound of the floor's slope; null with fewer than five windows.</param>
public sealed record MemoryGrowth(TheilSen Slope, MannKendall? Trend, double FloorSlope, double? FloorLow, double? FloorHigh)
{
    private const int FewestWindows = 3;
    private const int BoundedWindows = 5;

    /// <param name="times">Rising.</param>
    /// <param name="window">Length of a window, long enough for a collection or two.</param>
    public static Answer<MemoryGrowth> Of(ReadOnlySpan<double> times, ReadOnlySpan<double> values, double window, double confidence = 0.95)
    {
        if (!(window > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(window), window, "must be above 0");
        }

        var slope = TheilSen.Fit(times, values, confidence);
        if (slope.Lack is { } lack)
        {
            return lack;
        }

        var (at, floor) = Floor(times, values, window);
        if (at.Length < FewestWindows)
        {
            return Lack.NotEnough($"{at.Length} windows of {window}; this takes at least {FewestWindows}");
        }

        var lowest = TheilSen.Fit(at, floor, confidence);
        if (lowest.Lack is { } flat)
        {
            return flat;
        }

        var trend = MannKendall.Of(values);
        var bounded = at.Length >= BoundedWindows;
        return new MemoryGrowth(
            slope.Value,
            trend.IsKnown ? trend.Value : null,
            lowest.Value.Slope,
            bounded ? lowest.Value.Low : null,
            bounded ? lowest.Value.High : null);
    }

    /// <summary>The lowest value of each window, at the window's middle.</summary>
    public static (double[] Times, double[] Values) Floor(ReadOnlySpan<double> times, ReadOnlySpan<double> values, double window)
    {
        var lowest = new SortedDictionary<long, double>();
        for (var i = 0; i < times.Length; i++)
        {
            var number = (long)Math.Floor((times[i] - times[0]) / window);
            lowest[number] = lowest.TryGetValue(number, out var known) ? Math.Min(known, values[i]) : values[i];
        }

        var start = times.Length == 0 ? 0 : times[0];
        return ([.. lowest.Keys.Select(number => start + ((number + 0.5) * window))], [.. lowest.Values]);
    }

    /// <summary>1: grows faster than the budget. -1: does not. 0: cannot tell.</summary>
    public int Against(double budget) =>
        Slope.Low > budget && (FloorLow ?? FloorSlope) > budget ? 1
        : Slope.High < budget || (FloorHigh < budget && FloorSlope <= budget) ? -1
        : 0;
}
