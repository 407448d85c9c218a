using System.Globalization;
using ChaosBench.Reports.Histograms;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>
/// HdrHistogram's interval logs (<c>.hlog</c>, form V2), histograms of nanoseconds: one run for each tag. Every recorded value becomes a
/// request at the start of its interval, as precise as the histogram; above the number of requests that a run may have, the totals alone.
/// </summary>
internal sealed class HdrLog : IResultFormat
{
    internal const string Recorded = "e2e/recorded";

    public string Name => "hlog";
    public string Summary => "HdrHistogram's interval log (.hlog): every recorded value of every interval";

    public bool Fits(ResultFile file) => file.Begins is (byte)'#' or (byte)'"'
        && file.Lines.Take(20).Any(line => line.Text.StartsWith("\"StartTimestamp\",\"Interval_Length\"", StringComparison.Ordinal));

    public IReadOnlyList<ImportedRun> Read(ResultFile file)
    {
        // A cut line may still read, with a histogram that is cut: its base64 says nothing of its length.
        var cut = file.Lines is [.., { Ended: false } last]
            ? FormattableString.Invariant($"the last line ({last.Number}) is cut and was left out") : null;
        var text = string.Concat(file.Lines.Where(line => line.Ended).Select(line => line.Text + "\n"));
        List<LoggedInterval> intervals;
        try
        {
            using var reader = new StringReader(text);
            intervals = [.. IntervalLog.Read(reader, file.Name)];
        }
        catch (HistogramFormatException broken)
        {
            throw new ImportException(broken.Message);
        }

        return intervals.Count == 0 ? throw new ImportException($"{file.Name}: no interval is in it{(cut is null ? "" : ": " + cut)}")
            : [.. intervals.GroupBy(interval => interval.Tag ?? "").Select((tag, i) => Run(file, tag.Key, [.. tag], i + 1, cut))];
    }

    private ImportedRun Run(ResultFile file, string tag, List<LoggedInterval> intervals, int number, string? cut)
    {
        var began = intervals.Min(interval => interval.Start);
        var count = intervals.Sum(interval => (double)interval.Histogram.Count);
        var figures = new FigureList();
        figures.Add(count, "requests/recorded", "value", "counts of all histograms");

        // Written with three digits behind the point, of milliseconds.
        figures.Add(intervals.Max(interval => interval.Max) * 1e-3, Recorded, "max", "Interval_Max", 5e-7);
        return new ImportedRun
        {
            Format = Name,
            Tool = "HdrHistogram",
            Form = "interval log",
            Number = number,
            Target = tag.Length > 0 ? ErrorWords.Line(tag) : null,
            StartedUtc = Started(file, began),
            Duration = intervals.Max(interval => interval.Start + interval.Seconds) - began,
            Requests = count <= ResultReading.MaxRequests ? [.. intervals.SelectMany(interval => Requests(interval, began))] : [],
            Figures = figures.All,
            Definitions = new Dictionary<string, string> { ["e2e"] = Recorded },
            Untold = ["ttft", "tpot", "error_rate", "attainment"],
            Percentiles = "pct/nearest-left",
            Partial = cut is not null,
            Notes =
            [
                .. cut is null ? Array.Empty<string>() : [cut],
                "What was recorded is whatever the log's maker measured, taken as nanoseconds, as these logs have it; each is the largest that its counter may hold, at the start of its interval.",
                .. count <= ResultReading.MaxRequests ? [] : new[] { FormattableString.Invariant($"{count} values are more than the {ResultReading.MaxRequests} that are made into requests; chaosbench hdr reads their percentiles.") },
            ],
        };
    }

    private static IEnumerable<ImportedRequest> Requests(LoggedInterval interval, double began)
    {
        var histogram = interval.Histogram;
        for (var index = 0; index < histogram.CounterCount; index++)
        {
            var seconds = histogram.HighestEquivalent(histogram.ValueAt(index)) * 1e-9;
            for (var times = histogram.CountAtIndex(index); times > 0; times--)
            {
                yield return new ImportedRequest
                {
                    Sent = interval.Start - began, LastToken = seconds, Outcome = Outcome.Completed, Counted = true, Streamed = false,
                };
            }
        }
    }

    /// <summary><c>#[BaseTime: 1441812279.474 (seconds since epoch)]</c> and <c>StartTime</c>: starts are seconds from there, or of the epoch.</summary>
    private static DateTimeOffset? Started(ResultFile file, double first)
    {
        foreach (var head in (string[])["#[BaseTime: ", "#[StartTime: "])
        {
            var line = file.Lines.Take(20).FirstOrDefault(line => line.Text.StartsWith(head, StringComparison.Ordinal));
            if (line is not null && double.TryParse(line.Text[head.Length..].Split(' ')[0], CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e11)
            {
                return DateTimeOffset.UnixEpoch.AddSeconds(first > 1e8 ? first : seconds + first);
            }
        }

        return null;
    }
}
