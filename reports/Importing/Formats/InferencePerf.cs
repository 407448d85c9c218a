using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>
/// inference-perf: totals of a stage or of the whole run (<c>*_lifecycle_metrics.json</c>), and the requests
/// (<c>per_request_lifecycle_metrics.json</c>), seconds. Its latencies count from the send; how late that was stands beside them.
/// </summary>
internal sealed class InferencePerf : IResultFormat
{
    private const string Ttft = "ttft/first-nonempty@send";
    private const string E2e = "e2e/stream-end@send";
    private const string Lag = "dispatch_lag/send-planned";

    public string Name => "inference-perf";
    public string Summary => "inference-perf: stage, summary and per-request lifecycle metrics";

    public bool Fits(ResultFile file) => file.FirstValue is { } first && (first.ValueKind == System.Text.Json.JsonValueKind.Object
        ? new JsonAt(file, first, "$") is var root && root["load_summary"] is not null && root["successes"] is not null
        : first.ValueKind == System.Text.Json.JsonValueKind.Array && first.GetArrayLength() > 0 && new JsonAt(file, first[0], "$[0]") is var one
            && one["start_time"] is not null && one["end_time"] is not null && one["info"] is not null);

    public IReadOnlyList<ImportedRun> Read(ResultFile file)
    {
        var root = file.Json();
        var run = new ImportedRun
        {
            Format = Name,
            Tool = "inference-perf",
            Form = "requests",
            Definitions = new Dictionary<string, string> { ["ttft"] = Ttft, ["e2e"] = "e2e/last-chunk@send", ["tpot"] = "tpot/n-1" },
            Percentiles = "pct/type7",
        };
        return [root.Kind == System.Text.Json.JsonValueKind.Array ? run with { Requests = Requests(root) } : Totals(run, root)];
    }

    private static ImportedRun Totals(ImportedRun run, JsonAt root)
    {
        var (load, ok) = (root.Need("load_summary"), root.Need("successes"));
        var latency = ok["latency"];
        var figures = new FigureList();
        figures.Add(load["count"], "requests/all", "value").Add(ok["count"], "requests/ok", "value").Add(root["failures"]?["count"], "requests/failed", "value")
            .Add(ok["throughput"]?["requests_per_sec"], "request_rate/ok-per-duration", "value")
            .Add(ok["throughput"]?["output_tokens_per_sec"], "output_token_rate/per-duration", "value")
            .Add(ok["throughput"]?["total_tokens_per_sec"], "token_rate/per-duration", "value");
        Series(load["schedule_delay"], Lag, figures);
        Series(latency?["request_latency"], E2e, figures);
        Series(latency?["time_to_first_token"], Ttft, figures);
        Series(latency?["time_per_output_token"], "tpot/n-1", figures);
        Series(latency?["normalized_time_per_output_token"], "ntpot/e2e", figures);

        // The older form says prompt_len; its gaps are of events, not of tokens.
        var old = ok["prompt_len"] is not null;
        Series(latency?["inter_token_latency"], old ? "itl/chunk-pooled" : "itl/token-pooled-zero-intra", figures);
        Series(ok["prompt_len"] ?? ok["prompt_tokens"], "input_tokens/per-request", figures);
        Series(ok["output_len"] ?? ok["output_tokens"], "output_tokens/per-request", figures);
        return run with
        {
            Form = "totals",
            Duration = root["benchmark_time_seconds"]?.Amount(),
            Settings = load["requested_rate"] is { } rate ? new Dictionary<string, string> { ["requested_rate"] = rate.Text() } : [],
            Figures = figures.All,
            Notes = [.. Corrected(load, ok)],
        };
    }

    /// <summary>Means add up, percentiles do not: of these the file cannot tell more.</summary>
    private static IEnumerable<string> Corrected(JsonAt load, JsonAt ok)
    {
        if (load["count"]?.Amount() == ok["count"]?.Amount() && load["schedule_delay"]?["mean"]?.Number() is { } late
            && ok["latency"]?["request_latency"]?["mean"]?.Amount() is { } took)
        {
            yield return $"Counted from the planned send the mean answer takes {Wording.Duration(late + took)}: requests were sent "
                + $"{Wording.Duration(late)} late in the mean, which the published {Wording.Duration(took)} leave out.";
        }
    }

    private static void Series(JsonAt? at, string definition, FigureList figures)
    {
        if (at is not { Kind: System.Text.Json.JsonValueKind.Object } of)
        {
            return;
        }

        foreach (var key in of.Keys)
        {
            var statistic = key switch
            {
                "mean" or "min" or "max" => key,
                "median" => "p50",
                ['p', .. var percent] when double.TryParse(percent, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => FigureList.Percentile(value),
                _ => null,
            };
            if (statistic is not null)
            {
                figures.Add(of[key], definition, statistic);
            }
        }
    }

    private static List<ImportedRequest> Requests(JsonAt root)
    {
        var all = root.Items(ResultReading.MaxRequests).ToList();
        var began = all.Count == 0 ? 0 : all.Min(at => at.Need("start_time").Amount());
        return [.. all.Select(at => Request(at, began)).OrderBy(request => request.Sent)];
    }

    private static ImportedRequest Request(JsonAt at, double began)
    {
        var start = at.Need("start_time").Amount();
        var (info, error) = (at["info"], at["error"]);
        var stamps = info?["output_token_times"]?.Numbers(ResultReading.MaxGaps) ?? [];
        var tokens = info?["output_tokens"]?.Count();
        var text = error is { } broken ? broken["error_msg"]?.Text() ?? broken["error_type"]?.Text() ?? "an error without words" : null;
        return new ImportedRequest
        {
            Sent = start - began,
            FirstToken = stamps.Length > 0 ? stamps[0] - start : null,
            LastToken = stamps.Length > 0 ? stamps[^1] - start : null,
            Ended = at.Need("end_time").Amount() - start,
            Outcome = text is not null ? ErrorWords.OutcomeOf(text) : tokens == 0 ? Outcome.Empty : Outcome.Completed,
            Counted = text is null,
            Reason = text is not null ? ErrorWords.Line(text) : tokens == 0 ? "no output token" : null,
            Streamed = stamps.Length > 0,
            InputTokens = info?["input_tokens"]?.Count(),
            OutputTokens = tokens,
            Gaps = [.. stamps.Zip(stamps.Skip(1), (one, next) => next - one)],
        };
    }
}
