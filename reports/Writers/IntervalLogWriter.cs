using System.Globalization;
using ChaosBench.Reports.Histograms;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Writers;

/// <summary>
/// <c>latency.hlog</c>: an HdrHistogram of every second (longer runs: of longer parts), by planned send time, tagged
/// <c>target.metric</c>, for HdrHistogram's own plotter and for merging. Histograms know no infinity, so that requests without an end are
/// not in them; a comment says how many there were.
/// </summary>
public sealed class IntervalLogWriter : IReportWriter
{
    /// <summary>Nanoseconds, ten days, three digits.</summary>
    private const long Highest = 864_000L * Nanos.PerSecond;

    private const int MostIntervals = 3600;

    private static readonly MetricId[] Logged = [MetricId.Ttft, MetricId.E2e, MetricId.E2eService, MetricId.DispatchLag];

    public string FileName => "latency.hlog";

    public string Render(RunReport run)
    {
        var lost = run.Measurements.Requests.Count(request => !request.Completed);
        var comment = string.Create(
            CultureInfo.InvariantCulture,
            $"chaosbench {run.Manifest.ToolVersion}, scenario {SafeText(run.Manifest.Scenario)}, nanoseconds; {lost} of {run.Measurements.Requests.Count} requests did not complete and are not in it");
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        IntervalLog.Write(text, run.Measurements.Run.StartedUtc, comment, Intervals(run.Measurements));
        return text.ToString();
    }

    private static IEnumerable<LoggedInterval> Intervals(Measurements run)
    {
        var width = Nanos.PerSecond * Math.Max(1, (long)Math.Ceiling(Nanos.ToSeconds(run.LastAt) / MostIntervals));
        for (var start = 0L; start < run.LastAt; start += width)
        {
            var found = new SortedDictionary<string, HdrHistogram>(StringComparer.Ordinal);
            foreach (var request in run.Requests.PlannedBetween(start, start + width).Where(request => request.Completed))
            {
                foreach (var metric in Logged)
                {
                    Record(found, request, metric);
                }
            }

            foreach (var (tag, histogram) in found)
            {
                yield return new LoggedInterval(Nanos.ToSeconds(start), Nanos.ToSeconds(width), histogram.Max, tag, histogram);
            }
        }
    }

    private static void Record(SortedDictionary<string, HdrHistogram> found, Request request, MetricId metric)
    {
        if (MetricValues.Of(metric, request) is not { } seconds || !double.IsFinite(seconds))
        {
            return;
        }

        var tag = $"{request.Target}.{Metrics.NameOf(metric)}";
        if (!found.TryGetValue(tag, out var histogram))
        {
            found[tag] = histogram = new HdrHistogram(1000, Highest, 3);
        }

        histogram.Record(Math.Clamp(Nanos.FromSeconds(seconds), 0, Highest));
    }

    /// <summary>The comment is one line in brackets.</summary>
    private static string SafeText(string text) =>
        string.Concat(text.Select(letter => letter is '[' or ']' || char.IsControl(letter) ? '_' : letter));
}
