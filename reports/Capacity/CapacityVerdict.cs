using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Capacity;

public static class CapacityVerdict
{
    /// <summary>
    /// Pass: every series came to an answer. Fail: some target does not meet its objectives at any rate tried. Inconclusive: something
    /// else was the limit.
    /// </summary>
    public static RunVerdict Of(IReadOnlyList<CapacitySeries> series)
    {
        ArgumentNullException.ThrowIfNull(series);
        if (series.Any(one => one.Ending == CapacityEnding.NotMet))
        {
            return RunVerdict.Fail;
        }

        return series.Count > 0 && series.All(one => one.Ending is CapacityEnding.Found or CapacityEnding.AtLeast)
            ? RunVerdict.Pass
            : RunVerdict.Inconclusive;
    }
}
