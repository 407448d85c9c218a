using System.Globalization;

namespace ChaosBench.Reports.Histograms;

/// <summary>One line of a percentile table.</summary>
/// <param name="Value">In the table's unit.</param>
/// <param name="Share">0 to 1.</param>
/// <param name="Count">Values at or below.</param>
public sealed record PercentileRow(double Value, double Share, long Count);

/// <summary>
/// The percentile table of HdrHistogram (<c>.hgrm</c>): percentiles in steps that halve with the distance to 100 %, as
/// <c>outputPercentileDistribution</c> of the reference prints them and its plotter reads them.
/// </summary>
public static class PercentileTable
{
    private const int MostRows = 1_000_000;

    /// <param name="scale">Histogram units in one unit of the table: 1e6 for nanoseconds shown as milliseconds.</param>
    /// <param name="ticks">Rows for each halving of the distance to 100 %.</param>
    public static void Write(TextWriter to, HdrHistogram histogram, double scale, int ticks = 5)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ticks, 1);
        to.Write(Line($"{"Value",12} {"Percentile",14} {"TotalCount",10} {"1/(1-Percentile)",14}\n\n"));
        foreach (var row in Rows(histogram, ticks))
        {
            var head = Line($"{row.Value / scale,12:F3} {row.Share,2:F12} {row.Count,10}");
            to.Write(row.Share < 1 ? Line($"{head} {1 / (1 - row.Share),14:F2}\n") : head + "\n");
        }

        to.Write(Line($"#[Mean    = {histogram.Mean / scale,12:F3}, StdDeviation   = {histogram.StandardDeviation / scale,12:F3}]\n"));
        to.Write(Line($"#[Max     = {histogram.Max / scale,12:F3}, Total count    = {histogram.Count,12}]\n"));
        to.Write(Line($"#[Buckets = {histogram.Buckets,12}, SubBuckets     = {histogram.SubBuckets,12}]\n"));
    }

    /// <exception cref="HistogramFormatException">A line does not read; the message begins with <c>place:line</c>.</exception>
    public static IReadOnlyList<PercentileRow> Read(TextReader source, string place)
    {
        var rows = new List<PercentileRow>();
        var number = 0;
        while (source.ReadLine() is { } line)
        {
            number++;
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (fields.Length == 0 || fields[0] == "Value" || fields[0].StartsWith('#'))
            {
                continue;
            }

            if (rows.Count == MostRows || fields.Length is < 3 or > 4 || Parse(fields) is not { } row)
            {
                throw new HistogramFormatException($"{place}:{number}: a line of a percentile table is value, percentile (0 to 1), count "
                    + $"and 1/(1-percentile), at most {MostRows} of them");
            }

            rows.Add(row);
        }

        return rows.Count > 0 ? rows : throw new HistogramFormatException($"{place}: no percentiles; this is no percentile table");
    }

    /// <summary>The reference's iterator: rows at the counters that are not empty, several where one spans several percentiles.</summary>
    private static IEnumerable<PercentileRow> Rows(HdrHistogram histogram, int ticks)
    {
        var (seen, next) = (0L, 0.0);
        for (var index = 0; index < histogram.CounterCount && seen < histogram.Count; index++)
        {
            if (histogram.CountAtIndex(index) is not (> 0 and var times))
            {
                continue;
            }

            seen += times;
            var value = histogram.HighestEquivalent(histogram.ValueAt(index));
            for (var reached = 100.0 * seen / histogram.Count; next <= reached;)
            {
                yield return new PercentileRow(value, next / 100, seen);
                next += 100.0 / (ticks * Math.Pow(2, (long)(Math.Log(100.0 / (100.0 - next)) / Math.Log(2)) + 1));
                if (seen == histogram.Count)
                {
                    break; // the last value has one row of its own before the row of 100 %
                }
            }
        }

        if (histogram.Count > 0)
        {
            yield return new PercentileRow(histogram.Max, 1, histogram.Count);
        }
    }

    private static PercentileRow? Parse(string[] fields) =>
        double.TryParse(fields[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        && double.TryParse(fields[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1
        && long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? new PercentileRow(value, share, count) : null;

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
