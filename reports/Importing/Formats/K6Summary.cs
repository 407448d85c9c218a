namespace ChaosBench.Reports.Importing.Formats;

/// <summary>
/// k6's end-of-test data (<c>handleSummary</c>, <c>--summary-export</c>): totals by metric, times in milliseconds whatever <c>summaryTimeUnit</c> says,
/// which is about what is shown. <c>http_req_failed</c> counts failed requests as its <c>passes</c>.
/// </summary>
internal sealed class K6Summary : IResultFormat
{
    internal const string Duration = "e2e/http-duration@send";
    internal const string DurationOk = "e2e/http-duration@send+ok-only";

    /// <summary>Trends, with what they are times of. A sub-metric of a tag is left out but for the one that k6 makes by itself.</summary>
    private static readonly (string Metric, string Definition)[] Trends =
    [
        ("http_req_duration", Duration), ("http_req_duration{expected_response:true}", DurationOk), ("http_req_waiting", "ttfb/http-waiting@sent"),
        ("http_req_blocked", "connection/http-blocked"), ("http_req_connecting", "connection/http-connecting"),
        ("http_req_tls_handshaking", "connection/http-tls"), ("iteration_duration", "iteration/whole"), ("group_duration", "iteration/group"),
    ];

    public string Name => "k6";
    public string Summary => "k6's summary: JSON of handleSummary or --summary-export";

    public bool Fits(ResultFile file) => file.FirstValue is { } first && new JsonAt(file, first, "$")["metrics"] is { } metrics
        && (metrics["http_reqs"] ?? metrics["iterations"]) is { } counter && (counter["values"] ?? counter)["count"] is not null;

    public IReadOnlyList<ImportedRun> Read(ResultFile file)
    {
        var root = file.Json();
        var metrics = root.Need("metrics");
        var figures = new FigureList();
        foreach (var (metric, definition) in Trends.Where(trend => metrics[trend.Metric] is not null))
        {
            Trend(figures, Values(metrics, metric)!.Value, definition);
        }

        figures.Add(Values(metrics, "http_reqs")?["count"], "requests/all", "value").Add(Values(metrics, "http_reqs")?["rate"], "request_rate/all-per-duration", "value");
        Failed(figures, metrics);
        figures.Add(Values(metrics, "checks")?["rate"] ?? Values(metrics, "checks")?["value"], "check_rate/passed-of-all", "value");
        figures.Add(Values(metrics, "iterations")?["count"], "iterations/all", "value").Add(Values(metrics, "iterations")?["rate"], "iteration_rate/per-duration", "value")
            .Add(Values(metrics, "dropped_iterations")?["count"], "iterations/dropped", "value");
        return
        [
            new ImportedRun
            {
                Format = Name,
                Tool = "k6",
                Form = "summary",
                Duration = root["state"]?["testRunDurationMs"]?.Amount(1e-3),
                Settings = Values(metrics, "vus_max")?["max"] is { } users ? new Dictionary<string, string> { ["vus_max"] = users.Text() } : new(),
                Figures = figures.All,
                Definitions = new Dictionary<string, string> { ["e2e"] = Duration },
                Percentiles = "pct/type7",
                Notes = [.. Thresholds(metrics), "Failed requests are in k6's times, with what they took; only the sub-metric expected_response:true leaves them out."],
            },
        ];
    }

    /// <summary><c>--summary-export</c> has no <c>values</c> between.</summary>
    private static JsonAt? Values(JsonAt metrics, string name) => metrics[name] is { } metric ? metric["values"] ?? metric : null;

    private static void Trend(FigureList figures, JsonAt values, string definition)
    {
        figures.Add(values["avg"], definition, "mean", 1e-3).Add(values["min"], definition, "min", 1e-3).Add(values["max"], definition, "max", 1e-3)
            .Add(values["med"], definition, "p50", 1e-3);
        foreach (var key in values.Keys.Where(key => key.StartsWith("p(", StringComparison.Ordinal) && key.EndsWith(')')))
        {
            if (double.TryParse(key[2..^1], System.Globalization.CultureInfo.InvariantCulture, out var percent))
            {
                figures.Add(values[key], definition, FigureList.Percentile(percent), 1e-3);
            }
        }
    }

    private static void Failed(FigureList figures, JsonAt metrics)
    {
        if (Values(metrics, "http_req_failed") is { } failed)
        {
            figures.Add(failed["rate"] ?? failed["value"], "error_rate/unexpected-of-all", "value").Add(failed["passes"], "requests/unexpected-status", "value");
        }
    }

    private static IEnumerable<string> Thresholds(JsonAt metrics)
    {
        foreach (var metric in metrics.Keys)
        {
            foreach (var threshold in metrics[metric]!.Value["thresholds"] is { } all ? all.Keys : [])
            {
                // true in --summary-export: it was crossed.
                var at = metrics[metric]!.Value["thresholds"]!.Value[threshold]!.Value;
                var held = at["ok"] is { } ok ? ok.Kind == System.Text.Json.JsonValueKind.True : at.Kind == System.Text.Json.JsonValueKind.False;
                yield return ErrorWords.Line($"k6's own threshold {metric} {threshold}: {(held ? "held" : "crossed")}")!;
            }
        }
    }
}
