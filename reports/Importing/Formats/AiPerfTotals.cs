using System.Globalization;
using System.Text.Json;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>
/// AIPerf's totals (and genai-perf's, its ancestor): a block of statistics a metric, each with its unit. The first generation keeps the
/// blocks under <c>records</c>, the later one at the top; the CSV holds the same in two tables, to two decimals.
/// </summary>
internal static class AiPerfTotals
{
    private const string DistributionHeader = "Metric,avg,";
    private const string ScalarHeader = "Metric,Value";

    /// <summary>Both generations' tags, and the headings of the CSV.</summary>
    private static readonly (string Tag, string Title, string Definition, bool Scalar)[] Known =
    [
        ("ttft", "Time to First Token", AiPerf.Ttft, false), ("time_to_first_token", "", AiPerf.Ttft, false),
        ("ttst", "Time to Second Token", "ttst/first-to-second", false), ("time_to_second_token", "", "ttst/first-to-second", false),
        ("time_to_first_output_token", "Time to First Output Token", "ttfo/first-output@send", false),
        ("request_latency", "Request Latency", AiPerf.E2e, false), ("inter_token_latency", "Inter Token Latency", "itl/request-mean", false),
        ("inter_chunk_latency", "Inter Chunk Latency", "itl/chunk-pooled", false),
        ("input_sequence_length", "Input Sequence Length", "input_tokens/per-request", false),
        ("output_sequence_length", "Output Sequence Length", "output_tokens/per-request", false),
        ("request_count", "Request Count", "requests/ok", true), ("error_request_count", "Error Request Count", "requests/failed", true),
        ("request_throughput", "Request Throughput", "request_rate/ok-per-duration", true),
        ("output_token_throughput", "Output Token Throughput", "output_token_rate/per-duration", true),
        ("total_isl", "Total Input Sequence Length", "input_tokens/sum", true), ("total_osl", "Total Output Sequence Length", "output_tokens/sum", true),
        ("benchmark_duration", "Benchmark Duration", "duration/run", true),
    ];

    public static bool Fits(JsonAt root) => Block(root, "request_latency") is { } latency && latency["unit"] is not null && latency["avg"] is not null;

    public static bool FitsCsv(ResultFile file) => file.FirstLine.StartsWith(DistributionHeader, StringComparison.Ordinal) && file.FirstLine.Contains(",p99", StringComparison.Ordinal);

    public static ImportedRun Read(ImportedRun run, JsonAt root)
    {
        var figures = new FigureList();
        foreach (var (tag, _, definition, scalar) in Known)
        {
            if (Block(root, tag) is not { Kind: JsonValueKind.Object } block)
            {
                continue;
            }

            var scale = Scale(block.Need("unit").Text(), () => block.Wrong($"has the unit '{block["unit"]!.Value.Text()}', which is not known"));
            foreach (var key in scalar ? ["avg"] : block.Keys)
            {
                if (Statistic(key) is { } statistic)
                {
                    figures.Add(block[key], definition, scalar ? "value" : statistic, scale);
                }
            }
        }

        var input = root["input_config"];
        return run with
        {
            ToolVersion = root["aiperf_version"]?.Text(),
            Form = "totals",
            Target = input?["endpoint"]?["model_names"] is { Kind: JsonValueKind.Array } names && names.Items(100).FirstOrDefault() is { File: not null } named ? named.Text() : null,
            Location = Addresses.Plain(input?["endpoint"]?["url"]?.Text()),

            // start_time is local time without its zone; this one is of the epoch.
            StartedUtc = Block(root, "min_request_timestamp") is { } began && began["unit"]?.Text() == "ns" ? Addresses.Epoch(began.Need("avg").Amount(1e-9)) : null,
            Duration = figures.All.FirstOrDefault(figure => figure.Definition == "duration/run")?.Value,
            Settings = input?["loadgen"] is { } load
                ? load.Keys.Where(key => load[key]!.Value.Kind is JsonValueKind.Number or JsonValueKind.String).ToDictionary(key => key, key => load[key]!.Value.Text())
                : [],
            Figures = figures.All,
            Notes = root["was_cancelled"] is { Kind: JsonValueKind.True } ? ["The tool says that the run was cancelled."] : [],
        };
    }

    /// <summary>Distributions first, then numbers; a file that stops before the second table is cut.</summary>
    public static ImportedRun ReadCsv(ImportedRun run, ResultFile file)
    {
        var second = file.Lines.FirstOrDefault(line => line.Text == ScalarHeader && line.Ended)?.Number - 1 ?? -1;
        var figures = new FigureList();
        var tables = new[] { CsvTable.Read(file, [.. second < 0 ? file.Lines : file.Lines.Take(second)]) }
            .Concat(second < 0 ? [] : [CsvTable.Read(file, [.. file.Lines.Skip(second)])]).ToList();
        foreach (var table in tables)
        {
            foreach (var row in table.Rows)
            {
                Row(table, row, figures);
            }
        }

        var cut = tables.Select(table => table.Cut).FirstOrDefault(what => what is not null) ?? (second < 0 ? "the second table, with counts and rates, is missing" : null);
        return run with
        {
            Form = "totals",
            Figures = figures.All,
            Duration = figures.All.FirstOrDefault(figure => figure.Definition == "duration/run")?.Value,
            Partial = cut is not null,
            Notes = cut is null ? [] : [cut],
        };
    }

    /// <summary>Factor to the base unit; the file's word is what counts.</summary>
    public static double Scale(string unit, Func<ImportException> unknown) => unit switch
    {
        "s" or "sec" or "seconds" => 1,
        "ms" => 1e-3,
        "us" => 1e-6,
        "ns" => 1e-9,
        "tokens" or "requests" or "count" or "requests/sec" or "tokens/sec" => 1,
        _ => throw unknown(),
    };

    private static void Row(CsvTable table, CsvRow row, FigureList figures)
    {
        var metric = table.Text(row, "Metric");

        // Counts of requests have no unit.
        var open = metric.EndsWith(')') ? metric.LastIndexOf(" (", StringComparison.Ordinal) : -1;
        var title = open < 0 ? metric : metric[..open];
        if (Known.FirstOrDefault(known => known.Title.Length > 0 && known.Title == title) is not { Definition: not null } of)
        {
            return;
        }

        var scale = Scale(open < 0 ? "count" : metric[(open + 2)..^1], () => table.Wrong(row, "Metric", "has a unit that is not known"));
        string[] columns = of.Scalar ? ["Value", "avg"] : ["avg", "min", "max", "p1", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p99", "std"];
        foreach (var column in columns.Where(table.Has))
        {
            if (table.Number(row, column) is { } value)
            {
                var place = FormattableString.Invariant($"{row.Number}: {metric}, {column}");
                figures.Add(value * scale, of.Definition, of.Scalar ? "value" : Statistic(column)!, place, CsvTable.RoundingOf(table.Text(row, column)) * scale);
            }
        }
    }

    private static string? Statistic(string key) => key switch
    {
        "avg" => "mean",
        "min" or "max" or "std" => key,
        ['p', .. var percent] when double.TryParse(percent, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => FigureList.Percentile(value),
        _ => null,
    };

    private static JsonAt? Block(JsonAt root, string tag) => (root["records"] ?? root)[tag];
}
