using System.Globalization;

namespace ChaosBench.Reports.Histograms;

/// <summary>One line of an interval log.</summary>
/// <param name="Start">As written: seconds from the log's base time, or seconds since 1970 where there is none.</param>
/// <param name="Seconds">Length of the interval.</param>
/// <param name="Max">The largest value in the log's unit, as written (milliseconds for nanosecond histograms).</param>
/// <param name="Tag">Null: none.</param>
public sealed record LoggedInterval(double Start, double Seconds, double Max, string? Tag, HdrHistogram Histogram);

/// <summary>
/// Interval logs of HdrHistogram, form V2 (<c>.hlog</c>), as its <c>HistogramLogWriter</c> and jHiccup write them:
/// <code>
/// #[StartTime: 1441812279.474 (seconds since epoch), ...]
/// "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"
/// [Tag=A,]0.127,1.007,2.769,HISTFAAAA...
/// </code>
/// </summary>
public static class IntervalLog
{
    /// <summary>Nanoseconds of the histogram in one unit of the column <c>Interval_Max</c>.</summary>
    private const double MaxUnit = 1e6;

    private const int MostLineChars = 96 * 1024 * 1024;
    private const string Header = "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"";

    /// <param name="place">File name for messages.</param>
    /// <exception cref="HistogramFormatException">A line does not read; the message begins with <c>place:line</c>.</exception>
    public static IEnumerable<LoggedInterval> Read(TextReader source, string place)
    {
        var number = 0;
        while (source.ReadLine() is { } line)
        {
            number++;
            if (line.Length > MostLineChars)
            {
                throw new HistogramFormatException($"{place}:{number}: a line of {line.Length} characters; this is no interval log");
            }

            if (line.Length > 0 && line[0] is not ('#' or '"'))
            {
                yield return ReadLine(line, $"{place}:{number}");
            }
        }
    }

    /// <param name="startedUtc">Interval starts are seconds from here.</param>
    /// <param name="comment">One line about where it comes from.</param>
    public static void Write(TextWriter to, DateTimeOffset startedUtc, string comment, IEnumerable<LoggedInterval> intervals)
    {
        var since = startedUtc.ToUnixTimeMilliseconds() / 1000.0;
        to.Write($"#[{comment.ReplaceLineEndings(" ")}]\n#[Histogram log format version 1.3]\n");
        to.Write(string.Create(CultureInfo.InvariantCulture, $"#[BaseTime: {since:F3} (seconds since epoch)]\n"));
        to.Write(string.Create(
            CultureInfo.InvariantCulture, $"#[StartTime: {since:F3} (seconds since epoch), {startedUtc.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}]\n"));
        to.Write(Header + "\n");
        foreach (var interval in intervals)
        {
            var tag = interval.Tag is { } name ? $"Tag={Plain(name)}," : "";
            to.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{tag}{interval.Start:F3},{interval.Seconds:F3},{interval.Histogram.Max / MaxUnit:F3},{HdrCodec.ToBase64(interval.Histogram)}\n"));
        }
    }

    private static LoggedInterval ReadLine(string line, string place)
    {
        string? tag = null;
        var rest = line;
        if (rest.StartsWith("Tag=", StringComparison.Ordinal))
        {
            var end = rest.IndexOf(',', StringComparison.Ordinal);
            if (end < 0)
            {
                throw new HistogramFormatException($"{place}: the tag has no end; a comma belongs after it");
            }

            (tag, rest) = (rest[4..end], rest[(end + 1)..]);
        }

        var fields = rest.Split(',', 5);
        if (fields.Length != 4 || !Number(fields[0], out var start) || !Number(fields[1], out var seconds) || !Number(fields[2], out var max))
        {
            throw new HistogramFormatException($"{place}: a line of an interval log is start,length,max,histogram");
        }

        try
        {
            return new LoggedInterval(start, seconds, max, tag, HdrCodec.FromBase64(fields[3]));
        }
        catch (HistogramFormatException wrong)
        {
            throw new HistogramFormatException($"{place}: {wrong.Message}", wrong);
        }
    }

    private static bool Number(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    /// <summary>The reference forbids commas, spaces and line ends in tags.</summary>
    private static string Plain(string tag) =>
        string.Concat(tag.Select(letter => letter is ',' || char.IsWhiteSpace(letter) || char.IsControl(letter) ? '_' : letter));
}
