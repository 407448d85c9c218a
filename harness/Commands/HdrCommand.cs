using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using ChaosBench.Reports.Histograms;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench hdr FILE...</c>: merges HdrHistogram interval logs by tag and tells their percentiles.</summary>
internal static class HdrCommand
{
    private const double PerMillisecond = 1e6;
    private static readonly double[] Shares = [0.5, 0.9, 0.99, 0.999];
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Build(Terminal terminal)
    {
        var files = new Argument<FileInfo[]>("FILE") { Description = "Interval logs (.hlog), in nanoseconds; several are merged", Arity = ArgumentArity.OneOrMore };
        var tag = new Option<string?>("--tag") { Description = "Only this tag, for example candidate.ttft" };
        var table = new Option<FileInfo?>("--hgrm") { Description = "Write the percentile table here, in milliseconds; needs a single tag" };
        var json = new Option<bool>("--json") { Description = "The figures as JSON" };
        var command = new Command(
            "hdr",
            "Merge HdrHistogram interval logs and tell their percentiles\n\n  chaosbench report runs/latest --write hlog && chaosbench hdr runs/latest/latency.hlog\n"
            + "  chaosbench hdr node1.hlog node2.hlog --tag candidate.ttft --hgrm ttft.hgrm")
        {
            files, tag, table, json,
        };
        command.SetAction(parsed =>
        {
            try
            {
                var merged = Merge(parsed.GetValue(files)!, parsed.GetValue(tag));
                if (parsed.GetValue(table) is { } path)
                {
                    WriteTable(merged, path);
                }

                Show(merged, parsed.GetValue(json), terminal);
                return ExitCodes.Pass;
            }
            catch (Exception problem) when (problem is HistogramFormatException or IOException or UnauthorizedAccessException)
            {
                throw new UsageException(problem.Message);
            }
        });
        return command;
    }

    private static SortedDictionary<string, HdrHistogram> Merge(FileInfo[] files, string? tag)
    {
        var merged = new SortedDictionary<string, HdrHistogram>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            using var source = file.OpenText();
            foreach (var interval in IntervalLog.Read(source, file.FullName).Where(interval => tag is null || interval.Tag == tag))
            {
                var name = interval.Tag ?? "";
                if (merged.TryGetValue(name, out var sum))
                {
                    Add(sum, interval.Histogram, file);
                }
                else
                {
                    merged[name] = interval.Histogram;
                }
            }
        }

        return merged.Count > 0 ? merged : throw new UsageException(tag is null
            ? "the files hold no interval."
            : $"the files hold no interval with the tag '{tag}'; without --tag all of them are shown.");
    }

    private static void Add(HdrHistogram sum, HdrHistogram more, FileInfo file)
    {
        try
        {
            sum.Add(more);
        }
        catch (Exception wide) when (wide is ArgumentOutOfRangeException or OverflowException)
        {
            throw new HistogramFormatException($"{file.FullName}: a histogram holds values beyond the range of the first one ({sum.Highest}); name the widest file first", wide);
        }
    }

    private static void WriteTable(SortedDictionary<string, HdrHistogram> merged, FileInfo path)
    {
        if (merged.Count != 1)
        {
            throw new UsageException($"--hgrm holds one metric, and there are {merged.Count}: choose with --tag {string.Join(" or ", merged.Keys)}.");
        }

        using var text = new StreamWriter(path.FullName);
        PercentileTable.Write(text, merged.Values.First(), PerMillisecond);
    }

    private static void Show(SortedDictionary<string, HdrHistogram> merged, bool json, Terminal terminal)
    {
        if (json)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(
                merged.Select(entry => new
                {
                    Tag = entry.Key, entry.Value.Count, Unit = "ms", P50 = Milliseconds(entry.Value, 0), P90 = Milliseconds(entry.Value, 1),
                    P99 = Milliseconds(entry.Value, 2), P999 = Milliseconds(entry.Value, 3), Max = entry.Value.Max / PerMillisecond,
                }),
                Indented));
            return;
        }

        var width = Math.Max(3, merged.Keys.Max(name => name.Length));
        terminal.Out.WriteLine($"{"tag".PadRight(width)} {"count",12} {"p50 ms",12} {"p90 ms",12} {"p99 ms",12} {"p99.9 ms",12} {"max ms",12}");
        foreach (var (name, histogram) in merged)
        {
            var cells = Enumerable.Range(0, Shares.Length).Select(at => Milliseconds(histogram, at)).Append(histogram.Max / PerMillisecond)
                .Select(value => value.ToString("0.000", CultureInfo.InvariantCulture).PadLeft(12));
            var count = histogram.Count.ToString(CultureInfo.InvariantCulture).PadLeft(12);
            terminal.Out.WriteLine($"{Printable.Line(name).PadRight(width)} {count} {string.Join(' ', cells)}");
        }
    }

    private static double Milliseconds(HdrHistogram histogram, int share) => histogram.ValueAtShare(Shares[share]) / PerMillisecond;
}
