using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>
/// GuideLLM's JSON report, form 2: one run a benchmark, latencies in seconds and <c>*_ms</c>, instants in seconds of the epoch by the wall
/// clock. Where requests were kept, <c>targeted_start</c> tells when each was due, and latency is counted from there.
/// </summary>
internal sealed class GuideLlm : IResultFormat
{
    private const double Milli = 1e-3;

    private static readonly (string Key, string Definition, double Scale)[] Metrics =
    [
        ("request_latency", "e2e/stream-end@send", 1), ("time_to_first_token_ms", "ttft/first-iteration@send", Milli),
        ("time_to_first_output_token_ms", "ttfo/first-output@send", Milli), ("time_per_output_token_ms", "tpot/incl-first+token-weighted", Milli),
        ("inter_token_latency_ms", "itl/request-mean+token-weighted", Milli), ("prompt_token_count", "input_tokens/per-request", 1),
        ("output_token_count", "output_tokens/per-request", 1),
    ];

    private static readonly (string Key, string Statistic)[] Statistics =
        [("mean", "mean"), ("median", "p50"), ("std_dev", "std"), ("min", "min"), ("max", "max")];

    private static readonly (string Key, string Statistic)[] Percentiles =
    [
        ("p001", "p0.1"), ("p01", "p1"), ("p05", "p5"), ("p10", "p10"), ("p25", "p25"), ("p75", "p75"), ("p90", "p90"), ("p95", "p95"),
        ("p99", "p99"), ("p999", "p99.9"),
    ];

    public string Name => "guidellm";
    public string Summary => "GuideLLM's JSON report (form 2): one run a benchmark, latency from targeted_start where requests were kept";

    public bool Fits(ResultFile file) => file.FirstValue is { } first && new JsonAt(file, first, "$") is var root
        && root["benchmarks"] is not null && root["metadata"]?["guidellm_version"] is not null;

    public IReadOnlyList<ImportedRun> Read(ResultFile file)
    {
        var root = file.Json();
        var metadata = root.Need("metadata");
        var version = metadata.Need("version");
        return version.Count() == 2
            ? [.. root.Need("benchmarks").Items(1_000).Select((benchmark, i) => Run(benchmark, i + 1, metadata["guidellm_version"]?.Text()))]
            : throw version.Wrong("is a form that is not read; form 2 is");
    }

    private ImportedRun Run(JsonAt benchmark, int number, string? version)
    {
        var config = benchmark.Need("config");
        var strategy = config["strategy"];

        // Other strategies send when a slot is free: their targets are no plan.
        var open = strategy?["type_"]?.Text() is "constant" or "poisson" or "async" or "replay" or "trace";
        var requests = benchmark["requests"] is { } lists ? GuideLlmRequests.Read(lists, open) : [];
        var planned = requests.Count > 0 && requests.All(request => request.Planned is not null);
        var from = planned ? "planned" : "send";
        return new ImportedRun
        {
            Format = Name,
            Tool = "GuideLLM",
            ToolVersion = version,
            Form = requests.Count > 0 ? "requests" : "totals",
            Number = number,
            Target = config["backend"]?["model"]?.Text(),
            Location = Addresses.Plain(config["backend"]?["target"]?.Text()),
            StartedUtc = benchmark["start_time"] is { } start ? Addresses.Epoch(start.Amount()) : null,
            Duration = benchmark["duration"]?.Amount(),
            Settings = strategy is { } asked
                ? asked.Keys.Where(key => asked[key]!.Value.Kind is not (System.Text.Json.JsonValueKind.Object or System.Text.Json.JsonValueKind.Array))
                    .ToDictionary(key => key, key => asked[key]!.Value.Text())
                : [],
            Requests = requests,
            Figures = Figures(benchmark.Need("metrics")),
            Definitions = new Dictionary<string, string>
            {
                ["ttft"] = $"ttft/first-iteration@{from}", ["e2e"] = $"e2e/last-iteration@{from}", ["tpot"] = "tpot/n-1",
            },
            Percentiles = "pct/nearest-left",
            Notes = requests.Count > 0 ? ["The instants are of the wall clock, which may have been set while the run went on."] : [],
        };
    }

    private static IReadOnlyList<PublishedFigure> Figures(JsonAt metrics)
    {
        var figures = new FigureList();
        if (metrics["request_totals"] is { } totals)
        {
            figures.Add(totals["successful"], "requests/ok", "value").Add(totals["errored"], "requests/failed", "value")
                .Add(totals["total"], "requests/all", "value");
        }

        figures.Add(metrics["requests_per_second"]?["successful"]?["mean"], "request_rate/ok-per-duration", "value");
        foreach (var (key, definition, scale) in Metrics)
        {
            // A distribution of nothing is full of zeros, which are no figures.
            if (metrics[key]?["successful"] is not { } of || of["count"]?.Amount() is not > 0)
            {
                continue;
            }

            foreach (var (name, statistic) in Statistics)
            {
                figures.Add(of[name], definition, statistic, scale);
            }

            foreach (var (name, statistic) in Percentiles)
            {
                figures.Add(of["percentiles"]?[name], definition, statistic, scale);
            }
        }

        return figures.All;
    }
}

/// <summary>The requests of a GuideLLM benchmark, by how they ended.</summary>
internal static class GuideLlmRequests
{
    /// <param name="open">The strategy planned when requests were due.</param>
    public static IReadOnlyList<ImportedRequest> Read(JsonAt lists, bool open)
    {
        (string Key, Outcome Outcome)[] kinds = [("successful", Outcome.Completed), ("incomplete", Outcome.Cancelled), ("errored", Outcome.Failed)];
        var found = kinds.SelectMany(kind => lists[kind.Key]?.Items(ResultReading.MaxRequests).Select(at => (At: at, kind.Outcome)) ?? []).ToList();
        var instants = found.SelectMany(one => new[] { Instant(one.At, "targeted_start"), Sent(one.At) }).OfType<double>().ToList();
        var began = instants.Count > 0 ? instants.Min() : 0;
        return [.. found.Select(one => Request(one.At, one.Outcome, began, open)).OrderBy(request => request.Planned ?? request.Sent)];
    }

    private static ImportedRequest Request(JsonAt at, Outcome outcome, double began, bool open)
    {
        var sent = Sent(at);
        var ok = outcome == Outcome.Completed;
        var tokens = Tokens(at, "output_tokens", "output_metrics");
        var error = at["info"]?["error"]?.Text();
        var end = Instant(at, "request_end") ?? Instant(at, "resolve_end");
        outcome = outcome == Outcome.Failed && error is not null ? ErrorWords.OutcomeOf(error)
            : sent is null && !ok ? Outcome.NotSent
            : ok && tokens == 0 ? Outcome.Empty : outcome;
        return new ImportedRequest
        {
            Planned = open ? Instant(at, "targeted_start") - began : null,
            Sent = sent - began,
            FirstToken = Instant(at, "first_token_iteration") - sent,
            LastToken = Instant(at, "last_token_iteration") - sent ?? (ok ? end - sent : null),
            Ended = end - sent,
            Outcome = outcome,
            Counted = ok,
            Reason = ok ? outcome == Outcome.Empty ? "no output token" : null : ErrorWords.Line(error ?? "no reason is given"),
            Streamed = Instant(at, "first_token_iteration") is not null,
            InputTokens = Tokens(at, "prompt_tokens", "input_metrics"),
            OutputTokens = tokens,
        };
    }

    private static double? Sent(JsonAt at) => Instant(at, "request_start") ?? Instant(at, "resolve_start");

    private static double? Instant(JsonAt at, string name) => at["info"]?["timings"]?[name]?.Amount();

    private static int? Tokens(JsonAt at, string flat, string nested) =>
        at[flat]?.Count() ?? at[nested]?["total_tokens"]?.Count() ?? (flat == "output_tokens" ? at["info"]?["timings"]?["token_iterations"]?.Count() : null);
}
