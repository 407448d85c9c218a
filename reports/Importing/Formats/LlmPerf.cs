using System.Globalization;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>
/// LLMPerf: the requests (<c>*_individual_responses.json</c>, a list) and the totals (<c>*_summary.json</c>, flat keys), seconds. Failures
/// have zeros where they have no times. Its "inter-token latency" has the time to the first token in it.
/// </summary>
internal sealed class LlmPerf : IResultFormat
{
    private const string Ttft = "ttft/first-line@send";
    private const string E2e = "e2e/stream-end@send";
    private const string Itl = "itl/incl-ttft";
    private const string PerRequest = "output_token_rate/per-request";

    /// <summary>Too few tokens came: the tool's own code.</summary>
    private const int TooFewTokens = -100;

    private static readonly (string Key, string Definition)[] Series =
    [
        ("inter_token_latency_s", Itl), ("ttft_s", Ttft), ("end_to_end_latency_s", E2e), ("request_output_throughput_token_per_s", PerRequest),
        ("number_input_tokens", "input_tokens/per-request"), ("number_output_tokens", "output_tokens/per-request"),
    ];

    private static readonly (string Key, string Definition)[] Totals =
    [
        ("num_requests_started", "requests/all"), ("number_errors", "requests/failed"), ("error_rate", "error_rate/failed-of-all"),
        ("num_completed_requests", "requests/ok"),
    ];

    public string Name => "llmperf";
    public string Summary => "LLMPerf: individual responses, or the summary (join them with --published)";

    public bool Fits(ResultFile file) => file.FirstValue is { } first && (new JsonAt(file, first, "$") is { Kind: System.Text.Json.JsonValueKind.Object } root
        ? root["results_ttft_s_mean"] is not null || root["results_num_requests_started"] is not null
        : first.ValueKind == System.Text.Json.JsonValueKind.Array && first.GetArrayLength() > 0 && new JsonAt(file, first[0], "$[0]") is var one
            && one["end_to_end_latency_s"] is not null && one["inter_token_latency_s"] is not null);

    public IReadOnlyList<ImportedRun> Read(ResultFile file)
    {
        var root = file.Json();
        var run = new ImportedRun
        {
            Format = Name,
            Tool = "LLMPerf",
            Form = "requests",
            Definitions = new Dictionary<string, string> { ["ttft"] = Ttft, ["e2e"] = E2e, ["tpot"] = "tpot/stream-end-n-1" },
            Percentiles = "pct/type7",
            SampleDeviation = true,
        };
        return
        [
            root.Kind == System.Text.Json.JsonValueKind.Array
                ? run with { Requests = [.. root.Items(ResultReading.MaxRequests).Select(Request)] }
                : run with
                {
                    Form = "totals",
                    Target = root["model"]?.Text(),
                    Location = Addresses.Plain(root["api"]?.Text()),
                    StartedUtc = root["timestamp"] is { } at ? Addresses.Epoch(at.Amount()) : null,
                    Settings = Settings(root),
                    Figures = Figures(root),
                },
        ];
    }

    private static Dictionary<string, string> Settings(JsonAt root)
    {
        string[] keys = ["framework", "num_concurrent_requests", "mean_input_tokens", "stddev_input_tokens", "mean_output_tokens", "stddev_output_tokens"];
        return keys.Where(key => root[key] is not null).ToDictionary(key => key, key => root[key]!.Value.Text());
    }

    private static IReadOnlyList<PublishedFigure> Figures(JsonAt root)
    {
        const string Quantile = "_quantiles_p";
        var figures = new FigureList();
        foreach (var (key, definition) in Totals)
        {
            figures.Add(root["results_" + key], definition, "value");
        }

        foreach (var (name, definition) in Series)
        {
            var prefix = "results_" + name;
            figures.Add(root[prefix + "_mean"], definition, "mean").Add(root[prefix + "_min"], definition, "min")
                .Add(root[prefix + "_max"], definition, "max").Add(root[prefix + "_stddev"], definition, "std");
            foreach (var key in root.Keys.Where(key => key.StartsWith(prefix + Quantile, StringComparison.Ordinal)))
            {
                if (double.TryParse(key[(prefix.Length + Quantile.Length)..], NumberStyles.Float, CultureInfo.InvariantCulture, out var percent))
                {
                    figures.Add(root[key], definition, FigureList.Percentile(percent));
                }
            }
        }

        return figures.All;
    }

    private static ImportedRequest Request(JsonAt at)
    {
        int? code = at["error_code"] is { } error ? (int)Math.Clamp(error.Number(), int.MinValue, int.MaxValue) : null;
        var message = at["error_msg"]?.Text() ?? "";
        if (code is null)
        {
            var end = at.Need("end_to_end_latency_s").Amount();
            return new ImportedRequest
            {
                FirstToken = at.Need("ttft_s").Amount(),
                LastToken = end,
                Outcome = Outcome.Completed,
                Counted = true,
                InputTokens = at["number_input_tokens"]?.Count(),
                OutputTokens = at["number_output_tokens"]?.Count(),
                Given = Given(at),
            };
        }

        return new ImportedRequest
        {
            Outcome = code == TooFewTokens ? Outcome.Truncated : ErrorWords.OutcomeOf(message, code),
            Counted = false,
            Reason = ErrorWords.Line(message) ?? FormattableString.Invariant($"error code {code}"),
            Status = code is >= 100 and < 600 ? code : null,
            Ended = at["end_to_end_latency_s"]?.Amount() is > 0 and var until ? until : null,
            InputTokens = at["number_input_tokens"]?.Count(),
        };
    }

    private static Dictionary<string, double> Given(JsonAt at)
    {
        var given = new Dictionary<string, double>();
        foreach (var (key, definition) in new[] { ("inter_token_latency_s", Itl), ("request_output_throughput_token_per_s", PerRequest) })
        {
            if (at[key] is { } value)
            {
                given[definition] = value.Amount();
            }
        }

        return given;
    }
}
