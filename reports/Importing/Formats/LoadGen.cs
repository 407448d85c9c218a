using System.Globalization;
using System.Text.Json;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>
/// MLPerf LoadGen: <c>mlperf_log_detail.txt</c> (<c>:::MLLOG {json}</c> a line) or <c>mlperf_log_summary.txt</c>, nanoseconds. The one tool
/// beside this that counts latency from the scheduled instant.
/// </summary>
internal sealed class LoadGen : IResultFormat
{
    private const string Mark = ":::MLLOG ";
    private const string Title = "MLPerf Results Summary";
    private const string Ttft = "ttft/callback@planned";
    private const string E2e = "e2e/completion@planned";
    private const string Tpot = "tpot/mlperf";

    private static readonly (string Words, string Definition)[] Lines =
    [
        ("first token latency", Ttft), ("time to output token", Tpot), ("latency", E2e),
    ];

    private static readonly (string Prefix, string Suffix, string Definition)[] Keys =
    [
        ("result_first_token_", "_latency_ns", Ttft), ("result_time_per_output_token_", "_ns", Tpot), ("result_time_to_output_token_", "", Tpot),
        ("result_", "_latency_ns", E2e),
    ];

    private static readonly string[] Asked =
        ["Scenario", "Mode", "target_qps", "samples_per_query", "min_duration (ms)", "min_query_count", "effective_scenario", "effective_test_mode", "effective_target_qps"];

    public string Name => "mlperf-loadgen";
    public string Summary => "MLPerf LoadGen: mlperf_log_detail.txt or mlperf_log_summary.txt";

    public bool Fits(ResultFile file) => file.Begins is (byte)':' or (byte)'='
        && (file.FirstLine.StartsWith(Mark, StringComparison.Ordinal) || file.Lines.Take(3).Any(line => line.Text == Title));

    public IReadOnlyList<ImportedRun> Read(ResultFile file)
    {
        var run = new ImportedRun
        {
            Format = Name,
            Tool = "MLPerf LoadGen",
            Form = "totals",
            Definitions = new Dictionary<string, string> { ["ttft"] = Ttft, ["e2e"] = E2e, ["tpot"] = Tpot },
            Percentiles = "pct/floor-index",
        };
        return [file.FirstLine.StartsWith(Mark, StringComparison.Ordinal) ? Detail(run, file) : Summarised(run, file)];
    }

    private static ImportedRun Detail(ImportedRun run, ResultFile file)
    {
        var values = new Dictionary<string, JsonAt>(StringComparer.Ordinal);
        foreach (var line in file.Lines.Where(line => line.Ended && line.Text.Length > 0))
        {
            if (!line.Text.StartsWith(Mark, StringComparison.Ordinal))
            {
                throw new ImportException(FormattableString.Invariant($"{file.Name}:{line.Number}: does not begin with {Mark.Trim()}; name LoadGen's detail log"));
            }

            var at = file.Value(line, Mark.Length);
            if (at["value"] is { } value)
            {
                values[at.Need("key").Text()] = value;
            }
        }

        var figures = new FigureList();
        foreach (var (key, value) in values)
        {
            Figure(key, value, figures);
        }

        figures.Add(values.TryGetValue("result_query_count", out var all) ? all : null, "requests/all", "value")
            .Add(values.TryGetValue("result_scheduled_samples_per_sec", out var scheduled) ? scheduled : null, "request_rate/scheduled", "value")
            .Add(values.TryGetValue("result_completed_samples_per_sec", out var completed) ? completed : null, "request_rate/completed", "value")
            .Add(values.TryGetValue("result_completed_tokens_per_second", out var tokens) ? tokens : null, "output_token_rate/completed", "value");
        return Ended(run, figures.All, values.ContainsKey("num_errors")) with
        {
            ToolVersion = values.TryGetValue("loadgen_version", out var version) ? version.Text() : null,
            Target = values.TryGetValue("sut_name", out var sut) ? sut.Text() : null,
            StartedUtc = values.TryGetValue("test_datetime", out var date)
                && DateTimeOffset.TryParse(date.Text(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at0) ? at0 : null,
            Settings = Asked.Where(values.ContainsKey).ToDictionary(key => key, key => values[key].Text()),
            Notes = [.. Ended(run, figures.All, values.ContainsKey("num_errors")).Notes, .. values.TryGetValue("result_validity", out var valid) ? [$"LoadGen's own verdict: {valid.Text()}."] : Array.Empty<string>()],
        };
    }

    private static void Figure(string key, JsonAt value, FigureList figures)
    {
        if (value.Kind != JsonValueKind.Number
            || Keys.FirstOrDefault(known => key.StartsWith(known.Prefix, StringComparison.Ordinal) && key.EndsWith(known.Suffix, StringComparison.Ordinal)) is not { Definition: not null } of)
        {
            return;
        }

        if (Statistic(key[of.Prefix.Length..^of.Suffix.Length].Replace("_percentile", "", StringComparison.Ordinal)) is { } statistic)
        {
            figures.Add(value, of.Definition, statistic, 1e-9);
        }
    }

    private static ImportedRun Summarised(ImportedRun run, ResultFile file)
    {
        var figures = new FigureList();
        var told = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in file.Lines.Where(line => line.Ended && line.Text.Contains(':', StringComparison.Ordinal)))
        {
            var parts = line.Text.Split(':', 2, StringSplitOptions.TrimEntries);
            told.TryAdd(parts[0], parts[1]);
            Figure(file, line, parts, figures);
        }

        // The last words of a whole file.
        var whole = file.Lines.Any(line => line.Ended && line.Text.Contains("encountered during test", StringComparison.OrdinalIgnoreCase)
            && line.Text.Contains("error", StringComparison.OrdinalIgnoreCase));
        var ended = Ended(run, figures.All, whole);
        return ended with
        {
            Target = told.GetValueOrDefault("SUT name"),
            Settings = Asked.Where(told.ContainsKey).ToDictionary(key => key, key => told[key]),
            Notes = [.. ended.Notes, .. told.TryGetValue("Result is", out var valid) ? [$"LoadGen's own verdict: {valid}."] : Array.Empty<string>()],
        };
    }

    private static void Figure(ResultFile file, TextLine line, string[] parts, FigureList figures)
    {
        var name = parts[0].Replace("(ns)", "", StringComparison.Ordinal).Trim().ToLowerInvariant();
        var known = name switch
        {
            "completed samples per second" => "request_rate/completed",
            "completed tokens per second" => "output_token_rate/completed",
            "scheduled samples per second" => "request_rate/scheduled",
            _ => null,
        };
        var words = Lines.FirstOrDefault(of => name.EndsWith(of.Words, StringComparison.Ordinal));
        var statistic = known is not null ? "value" : words.Words is null || !parts[0].Contains("(ns)", StringComparison.Ordinal) ? null
            : Statistic(name[..^words.Words.Length].Replace("percentile", "", StringComparison.Ordinal).Trim());
        if (statistic is null || figures.All.Any(figure => figure.Definition == known))
        {
            return;
        }

        if (!double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value) || value < 0)
        {
            throw new ImportException(FormattableString.Invariant($"{file.Name}:{line.Number}: '{parts[1]}' is no number from 0 on; name the file as LoadGen wrote it"));
        }

        var scale = known is null ? 1e-9 : 1;
        figures.Add(value * scale, known ?? words.Definition, statistic, FormattableString.Invariant($"{line.Number}: {parts[0]}"), CsvTable.RoundingOf(parts[1]) * scale);
    }

    private static ImportedRun Ended(ImportedRun run, IReadOnlyList<PublishedFigure> figures, bool whole) => run with
    {
        Figures = figures,
        Partial = !whole,
        Notes = whole ? [] : ["the end of the log is missing; what stands before it was read"],
    };

    private static string? Statistic(string word) => word switch
    {
        "min" or "max" or "mean" => word,
        _ => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and < 100 ? FigureList.Percentile(percent) : null,
    };
}
