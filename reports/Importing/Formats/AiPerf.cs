using System.Text.Json;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>
/// NVIDIA's AIPerf, both generations of its files: totals (<c>profile_export_aiperf.json</c>, <c>.csv</c>) and requests
/// (<c>profile_export.jsonl</c>), every value with its unit, instants in nanoseconds. Where the record tells when its credit was issued,
/// that is when the request was due.
/// </summary>
internal sealed class AiPerf : IResultFormat
{
    internal const string Ttft = "ttft/first-content@send";
    internal const string E2e = "e2e/last-content@send";

    public string Name => "aiperf";
    public string Summary => "AIPerf: profile_export_aiperf.json or .csv, profile_export.jsonl";

    public bool Fits(ResultFile file) => file.FirstValue is { } first
        ? new JsonAt(file, first, "$") is var root && (IsRecord(root) || AiPerfTotals.Fits(root))
        : AiPerfTotals.FitsCsv(file);

    public IReadOnlyList<ImportedRun> Read(ResultFile file)
    {
        var run = new ImportedRun
        {
            Format = Name,
            Tool = "AIPerf",
            Form = "requests",
            Definitions = new Dictionary<string, string> { ["ttft"] = Ttft, ["e2e"] = E2e, ["tpot"] = "tpot/n-1" },
            Percentiles = "pct/type7",
        };
        if (file.FirstValue is not { } first)
        {
            return [file.Begins is (byte)'{' ? AiPerfTotals.Read(run, file.Json()) : AiPerfTotals.ReadCsv(run, file)];
        }

        return [IsRecord(new JsonAt(file, first, "$")) ? Records(run, file) : AiPerfTotals.Read(run, file.Json())];
    }

    private static bool IsRecord(JsonAt root) => root["metadata"] is not null && root["metrics"] is not null;

    private static ImportedRun Records(ImportedRun run, ResultFile file)
    {
        string? cut = null;
        IReadOnlyList<JsonAt> records = file.IsJsonLines ? file.JsonLines(out cut) : [file.Json()];
        var starts = records.Select(Start).ToList();
        var planned = records.All(record => record["metadata"]?["credit_issued_ns"] is not null);
        var began = records.Zip(starts, (record, start) => planned ? record["metadata"]!.Value.Need("credit_issued_ns").Whole() : start).Min();
        var conversations = new Dictionary<string, int>(StringComparer.Ordinal);
        var requests = records.Select((record, i) => Request(record, i, (began, planned), conversations)).ToList();
        var from = planned ? "credit" : "send";
        return run with
        {
            StartedUtc = Addresses.Epoch(starts.Min() / 1e9),
            Requests = requests,
            Definitions = new Dictionary<string, string>
            {
                ["ttft"] = $"ttft/first-content@{from}", ["e2e"] = $"e2e/last-content@{from}", ["tpot"] = "tpot/n-1",
            },
            Partial = cut is not null,
            Notes = cut is null ? [] : [cut],
        };
    }

    private static long Start(JsonAt record) =>
        (record.Need("metadata")["request_start_ns"] ?? record.Need("metadata").Need("timestamp_ns")).Whole();

    private static ImportedRequest Request(JsonAt record, int number, (long At, bool Planned) began, Dictionary<string, int> conversations)
    {
        var (metadata, metrics) = (record.Need("metadata"), record.Need("metrics"));
        var (start, end) = (Start(record), metadata["request_end_ns"]?.Whole());
        var error = record["error"];
        var cancelled = metadata["was_cancelled"] is { Kind: JsonValueKind.True };
        var text = error is { } broken ? $"{broken["type"]?.Text()}: {broken["message"]?.Text()}" : cancelled ? "cancelled" : null;
        int? code = error?["code"]?.Number() is >= 100 and < 600 and var status ? (int)status : null;
        var tokens = Value(metrics, "output_sequence_length") is { } length ? (int)Math.Min(length, int.MaxValue) : (int?)null;
        var phase = (metadata["benchmark_phase"] ?? metadata["credit_phase"])?.Text();
        return new ImportedRequest
        {
            Planned = began.Planned ? (metadata.Need("credit_issued_ns").Whole() - began.At) / 1e9 : null,
            Sent = (start - began.At) / 1e9,
            FirstToken = Value(metrics, "time_to_first_token") ?? Value(metrics, "ttft"),
            LastToken = text is null ? Value(metrics, "request_latency") : null,
            Ended = (end - start) / 1e9,
            Outcome = text is null ? tokens == 0 ? Outcome.Empty : Outcome.Completed : cancelled ? Outcome.Cancelled : ErrorWords.OutcomeOf(text, code),
            Counted = text is null && phase is not ("warmup" or "warm-up"),
            Reason = text is null ? tokens == 0 ? "no output token" : null : ErrorWords.Line(text),
            Status = code,
            InputTokens = Value(metrics, "input_sequence_length") is { } input ? (int)Math.Min(input, int.MaxValue) : null,
            OutputTokens = tokens,
            Streamed = metrics["time_to_first_token"] is not null || metrics["ttft"] is not null || text is not null,
            Gaps = Gaps(metrics),
            Conversation = Conversation(metadata, number, conversations),
            IsWarmUp = phase is "warmup" or "warm-up",
            Given = Given(metrics),
        };
    }

    private static Dictionary<string, double>? Given(JsonAt metrics)
    {
        var given = new Dictionary<string, double>();
        foreach (var (key, definition) in new[]
            {
                ("inter_token_latency", "itl/request-mean"), ("ttst", "ttst/first-to-second"), ("time_to_second_token", "ttst/first-to-second"),
                ("time_to_first_output_token", "ttfo/first-output@send"),
            })
        {
            if (Value(metrics, key) is { } value)
            {
                given[definition] = value;
            }
        }

        return given.Count > 0 ? given : null;
    }

    private static int? Conversation(JsonAt metadata, int number, Dictionary<string, int> known)
    {
        // One turn alone is no conversation.
        if (metadata["x_correlation_id"]?.Text() is not { } id)
        {
            return null;
        }

        return known.TryGetValue(id, out var first) ? first : known[id] = number;
    }

    /// <summary>In the base unit.</summary>
    private static double? Value(JsonAt metrics, string tag) => metrics[tag] is { } of && of.Need("value") is { Kind: JsonValueKind.Number } value
        ? value.Amount(Unit(of)) : null;

    private static double[] Gaps(JsonAt metrics) => metrics["inter_chunk_latency"] is { } of && of.Need("value") is { Kind: JsonValueKind.Array } list
        ? list.Numbers(ResultReading.MaxGaps, Unit(of)) : [];

    private static double Unit(JsonAt of) => AiPerfTotals.Scale(of.Need("unit").Text(), () => of.Wrong($"has the unit '{of["unit"]!.Value.Text()}', which is not known"));
}
