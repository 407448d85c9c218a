using System.Globalization;

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
        var requests = root["ttfts"] is null ? [] : ServingLists.Read(root, TtftOf(root), notes);
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
            Series(root, name, definition, figures);
        }

        return figures.All;
    }

    /// <summary><c>mean_NAME_ms</c>, <c>median_NAME_ms</c>, <c>p99_NAME_ms</c> and whatever other percentiles there are.</summary>
    internal static void Series(JsonAt root, string name, string definition, FigureList figures)
    {
        figures.Add(root[$"mean_{name}_ms"], definition, "mean", 1e-3).Add(root[$"median_{name}_ms"], definition, "p50", 1e-3)
            .Add(root[$"std_{name}_ms"], definition, "std", 1e-3).Add(root[$"max_{name}_ms"], definition, "max", 1e-3);
        foreach (var key in root.Keys.Where(key => key.StartsWith('p') && key.EndsWith($"_{name}_ms", StringComparison.Ordinal)))
        {
            if (double.TryParse(key[1..^(name.Length + 4)], NumberStyles.Float, CultureInfo.InvariantCulture, out var percent))
            {
                figures.Add(root[key], definition, FigureList.Percentile(percent), 1e-3);
            }
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
