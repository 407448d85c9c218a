using ChaosBench.Reports.Html.Plots;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Html.Page;

/// <summary>What a plot shows, in a sentence with numbers, for those who cannot see it. Of all requests, whatever the page shows at the moment.</summary>
internal static class PlotWords
{
    /// <summary>Lowest and highest p99 of each target, and what was broken at the highest.</summary>
    public static string Latency(PlotData plots, Func<TargetSeries, PercentileSeries> series) => string.Join(' ', plots.Targets.Select(target =>
    {
        var p99 = series(target).P99.Select((value, at) => (Value: value, At: at)).Where(point => point.Value is not null).ToList();
        if (p99.Count == 0)
        {
            return $"{target.Target}: nothing was measured.";
        }

        var (least, most) = (p99.MinBy(point => point.Value), p99.MaxBy(point => point.Value));
        return $"p99 of {target.Target} lay between {Show.Seconds(least.Value)} and {Show.Seconds(most.Value)}, the highest at "
            + $"{TimeSection.Clock(most.At * plots.BucketSeconds)}{During(plots, most.At)}.";
    }));

    public static string Load(PlotData plots)
    {
        var sent = Enumerable.Range(0, plots.Buckets).Select(at => plots.Targets.Sum(target => target.Sent[at])).DefaultIfEmpty().Max();
        return $"At most {Show.Plain(sent / Math.Max(plots.BucketSeconds, 1e-9))} requests were sent in a second.";
    }

    public static string Failures(PlotData plots)
    {
        var failed = Enumerable.Range(0, plots.Buckets).Select(at => plots.Targets.Sum(target => FailedAt(target, at))).ToList();
        if (failed.Sum() == 0)
        {
            return "Every request completed.";
        }

        var most = failed.IndexOf(failed.Max());
        return $"{Show.Count(failed.Sum())} did not complete, most of them at {TimeSection.Clock(most * plots.BucketSeconds)}{During(plots, most)}.";
    }

    /// <summary>Where the middle of the requests of each target lay, in the words of the rows.</summary>
    public static string Heat(PlotData plots) => string.Join(' ', plots.Targets.Select(target =>
    {
        var (count, slowest) = (target.E2e.Count.Sum(), target.E2e.P99.Max());
        return $"{Show.Count(count)} answers of {target.Target}, half of them within {Show.Seconds(Middle(target.E2e.P50))}"
            + $" and nearly all within {Show.Seconds(slowest)}.";
    }));

    private static double? Middle(IReadOnlyList<double?> values)
    {
        var known = values.OfType<double>().Order().ToList();
        return known.Count == 0 ? null : known[known.Count / 2];
    }

    private static long FailedAt(TargetSeries target, int at) =>
        target.Outcomes.Where(outcome => outcome.Key != Outcome.Completed).Sum(outcome => outcome.Value[at]);

    private static string During(PlotData plots, int bucket)
    {
        var (from, until) = (bucket * plots.BucketSeconds, (bucket + 1) * plots.BucketSeconds);
        var active = plots.FaultWindows.Where(window => window.Observed && window.Start < until && window.End > from).Select(window => window.Fault).Take(3).ToList();
        return active.Count == 0 ? "" : $" while {string.Join(", ", active)} was in place";
    }
}
