using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Statistics.Quantiles;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>
/// <c>vllm bench serve</c> and its ancestor <c>benchmark_serving.py</c>: flat JSON, totals in milliseconds, with <c>--save-detailed</c> lists
/// of one entry a request in seconds. One object, or one a line where results were appended.
/// </summary>
internal sealed class VllmBench : IResultFormat
{
    internal const string Ttft = "ttft/first-choices-chunk@send";
    internal const string E2e = "e2e/last-chunk@send";

    /// <summary>Of the client of 2024, whose files have <c>best_of</c>: it skipped events without text, and its latency ended with the stream.</summary>
    private const string OldTtft = "ttft/first-nonempty@send";
    private const string OldTpot = "tpot/stream-end-n-1";


    private static readonly (string Key, string Definition)[] Totals =
    [
        ("completed", "requests/ok"), ("failed", "requests/failed"), ("total_input_tokens", "input_tokens/sum"),
        ("total_output_tokens", "output_tokens/sum"), ("request_throughput", "request_rate/ok-per-duration"),
        ("output_throughput", "output_token_rate/per-duration"), ("total_token_throughput", "token_rate/per-duration"),
    ];

    public string Name => "vllm-bench";
    public string Summary => "vLLM's serving benchmark: JSON with totals, or with lists by request (--save-detailed)";

    public bool Fits(ResultFile file) => file.FirstValue is { } first && new JsonAt(file, first, "$") is var root
        && root["duration"] is not null && root["completed"] is not null && root["num_prompts"] is not null && root["total_output_tokens_retokenized"] is null;

    public IReadOnlyList<ImportedRun> Read(ResultFile file)
    {
        string? cut = null;
        IReadOnlyList<JsonAt> roots = file.IsJsonLines ? file.JsonLines(out cut) : [file.Json()];
        return [.. roots.Select((root, i) => Run(root, i + 1, cut))];
    }

    private ImportedRun Run(JsonAt root, int number, string? cut)
    {
        root.Need("completed");
        var notes = new List<string>();
        var requests = root["ttfts"] is null ? [] : Requests(root, notes);
        var started = root["date"] is { } date ? Date(date, notes) : (DateTimeOffset?)null;
        return new ImportedRun
        {
            Format = Name,
            Tool = "vLLM bench",
            Form = requests.Count > 0 ? "detailed" : "totals",
            Number = number,
            Target = root["model_id"]?.Text(),
            StartedUtc = started,
            Duration = root.Need("duration").Amount(),
            Settings = Settings(root),
            Requests = requests,
            Figures = Figures(root),
            Definitions = new Dictionary<string, string> { ["ttft"] = TtftOf(root), ["e2e"] = E2e, ["tpot"] = "tpot/n-1" },
            Percentiles = "pct/type7",
            Partial = cut is not null,
            Notes = cut is null ? notes : [cut, .. notes],
        };
    }

    private static bool IsOld(JsonAt root) => root["best_of"] is not null;

    private static string TtftOf(JsonAt root) => IsOld(root) ? OldTtft : Ttft;

    internal static Dictionary<string, string> Settings(JsonAt root)
    {
        string[] keys = ["backend", "endpoint_type", "dataset_name", "request_rate", "burstiness", "max_concurrency", "num_prompts", "best_of",
            "random_input_len", "random_output_len", "random_range_ratio", "sharegpt_output_len"];
        return keys.Where(key => root[key] is not null).ToDictionary(key => key, key => root[key]!.Value.Text());
    }

    private static IReadOnlyList<PublishedFigure> Figures(JsonAt root)
    {
        var figures = new FigureList();
        foreach (var (key, definition) in Totals)
        {
            figures.Add(root[key], definition, "value");
        }

        (string, string)[] series = [("ttft", TtftOf(root)), ("tpot", IsOld(root) ? OldTpot : "tpot/n-1"), ("itl", "itl/chunk-pooled"), ("e2el", E2e)];
        foreach (var (name, definition) in series)
        {
            figures.Add(root[$"mean_{name}_ms"], definition, "mean", 1e-3).Add(root[$"median_{name}_ms"], definition, "p50", 1e-3)
                .Add(root[$"std_{name}_ms"], definition, "std", 1e-3);
            foreach (var key in root.Keys.Where(key => key.StartsWith('p') && key.EndsWith($"_{name}_ms", StringComparison.Ordinal)))
            {
                if (double.TryParse(key[1..^(name.Length + 4)], NumberStyles.Float, CultureInfo.InvariantCulture, out var percent))
                {
                    figures.Add(root[key], definition, FigureList.Percentile(percent), 1e-3);
                }
            }
        }

        return figures.All;
    }

    private static List<ImportedRequest> Requests(JsonAt root, List<string> notes)
    {
        const int Most = ResultReading.MaxRequests;
        var ttfts = root.Need("ttfts").Numbers(Most);
        var outputs = root.Need("output_lens").Numbers(Most);
        var inputs = root["input_lens"]?.Numbers(Most);
        var latencies = root["latencies"]?.Numbers(Most);
        var starts = root["start_times"]?.Numbers(Most);
        var gaps = root["itls"]?.Items(Most).Select(list => list.Numbers(ResultReading.MaxGaps)).ToList();
        var errors = root["errors"]?.Items(Most).Select(error => error.Kind == System.Text.Json.JsonValueKind.Null ? "" : error.Text()).ToList();
        foreach (var (name, length) in new[]
            { ("output_lens", outputs.Length), ("input_lens", inputs?.Length), ("latencies", latencies?.Length), ("start_times", starts?.Length), ("itls", gaps?.Count), ("errors", errors?.Count) })
        {
            if (length is { } known && known != ttfts.Length)
            {
                throw root.Wrong(FormattableString.Invariant($"'{name}' has {known} entries and 'ttfts' {ttfts.Length}: they are of the same requests"));
            }
        }

        var began = starts is { Length: > 0 } ? starts.Min() : 0;
        var requests = new List<ImportedRequest>(ttfts.Length);
        for (var i = 0; i < ttfts.Length; i++)
        {
            var error = errors?[i] ?? "";
            var request = new ImportedRequest
            {
                Outcome = error.Length > 0 ? ErrorWords.OutcomeOf(error) : outputs[i] > 0 ? Outcome.Completed : Outcome.Empty,
                Counted = error.Length == 0,
                Sent = starts?[i] - began,
                InputTokens = inputs is null ? null : (int)Math.Min(inputs[i], int.MaxValue),
            };
            requests.Add(error.Length > 0
                ? request with { Reason = ErrorWords.Line(error), LastToken = null, Ended = latencies?[i] }
                : outputs[i] == 0
                ? request with
                {
                    Ended = latencies?[i], OutputTokens = 0, Reason = "no output token", FirstToken = ttfts[i] > 0 ? ttfts[i] : null,
                    LastToken = ttfts[i] > 0 ? latencies?[i] ?? ttfts[i] : null, Given = new Dictionary<string, double> { [TtftOf(root)] = ttfts[i] },
                }
                : request with
                {
                    FirstToken = ttfts[i],
                    LastToken = latencies?[i] ?? ttfts[i] + (gaps?[i].Sum() ?? 0),
                    OutputTokens = (int)Math.Min(outputs[i], int.MaxValue),
                    Gaps = gaps?[i] ?? [],
                });
        }

        Empty(requests, notes);
        return requests;
    }

    /// <summary>A reply without a token has no time to a first one; the tool takes 0 for it and averages that in.</summary>
    private static void Empty(List<ImportedRequest> requests, List<string> notes)
    {
        var empty = requests.Where(request => request.Outcome == Outcome.Empty).ToList();
        if (empty.Count == 0)
        {
            return;
        }

        notes.Add(FormattableString.Invariant($"{empty.Count} of {requests.Count} answers that the tool counts as completed have no output token: outcome empty here, and infinitely late in gates."));
        var real = QuantileEstimators.Sorted([.. requests.Where(request => request.Outcome == Outcome.Completed).Select(request => request.FirstToken).OfType<double>()]);
        if (empty.Exists(request => request.FirstToken is null) && real.Length > 0)
        {
            notes.Add($"The tool counts their time to first token as 0: without them it is {Wording.Duration(real.Average())} in the mean, "
                + $"{Wording.Duration(QuantileEstimators.OfSorted(real, 0.5))} at p50 and {Wording.Duration(QuantileEstimators.OfSorted(real, 0.99))} at p99.");
        }
    }

    private static DateTimeOffset? Date(JsonAt at, List<string> notes)
    {
        if (DateTimeOffset.TryParseExact(at.Text(), "yyyyMMdd-HHmmss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            notes.Add("The file tells the date without a time zone; it is taken for UTC.");
            return date;
        }

        return null;
    }
}
