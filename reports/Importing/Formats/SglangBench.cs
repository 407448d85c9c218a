namespace ChaosBench.Reports.Importing.Formats;

/// <summary>SGLang's <c>bench_serving</c>: one JSON object a run and line, totals in milliseconds; with <c>--output-details</c> vLLM's lists in seconds.</summary>
internal sealed class SglangBench : IResultFormat
{
    private const string Ttft = "ttft/first-nonempty@send";
    private const string E2e = "e2e/last-chunk@send";

    private static readonly (string Key, string Definition)[] Totals =
    [
        ("completed", "requests/ok"), ("total_input_tokens", "input_tokens/sum"), ("total_output_tokens", "output_tokens/sum"),
        ("total_output_tokens_retokenized", "output_tokens/sum-retokenized"), ("request_throughput", "request_rate/ok-per-duration"),
        ("output_throughput", "output_token_rate/per-duration"),
    ];

    private static readonly (string Key, string Definition)[] Series =
        [("e2e_latency", E2e), ("ttft", Ttft), ("tpot", "tpot/n-1"), ("itl", "itl/sglang-pooled")];

    public string Name => "sglang-bench";
    public string Summary => "SGLang's bench_serving: JSON lines, one run each, with totals or with lists by request";

    public bool Fits(ResultFile file) => file.FirstValue is { } first && new JsonAt(file, first, "$") is var root
        && root["total_output_tokens_retokenized"] is not null && root["completed"] is not null;

    public IReadOnlyList<ImportedRun> Read(ResultFile file)
    {
        string? cut = null;
        IReadOnlyList<JsonAt> roots = file.IsJsonLines ? file.JsonLines(out cut) : [file.Json()];
        return [.. roots.Select((root, i) => Run(root, i + 1, cut))];
    }

    private ImportedRun Run(JsonAt root, int number, string? cut)
    {
        var notes = new List<string>();
        var requests = root["ttfts"] is null ? [] : ServingLists.Read(root, Ttft, notes);
        var figures = new FigureList();
        foreach (var (key, definition) in Totals)
        {
            figures.Add(root[key], definition, "value");
        }

        foreach (var (key, definition) in Series)
        {
            VllmBench.Series(root, key, definition, figures);
        }

        return new ImportedRun
        {
            Format = Name,
            Tool = "SGLang bench_serving",
            Form = requests.Count > 0 ? "detailed" : "totals",
            Number = number,
            Duration = root.Need("duration").Amount(),
            Settings = VllmBench.Settings(root),
            Requests = requests,
            Figures = figures.All,
            Definitions = new Dictionary<string, string> { ["ttft"] = Ttft, ["e2e"] = E2e, ["tpot"] = "tpot/n-1" },
            Percentiles = "pct/type7",
            Partial = cut is not null,
            Notes = cut is null ? notes : [cut, .. notes],
        };
    }
}
