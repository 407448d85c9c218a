using System.Text.Json;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts.Reading;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// JSON lines of lengths and block ids: Mooncake (milliseconds, blocks of 512) with AIPerf's extensions, and vLLM's timed trace
/// (seconds, blocks of 16). They look alike, so the unit is the name's.
/// </summary>
internal sealed class HashedFormat : ITraceFormat
{
    public static HashedFormat Mooncake { get; } = new()
    {
        Name = "mooncake",
        Summary = "Mooncake traces, also with AIPerf's keys (JSON lines, milliseconds, blocks of 512)",
        Unit = TimeUnit.Milliseconds,
        Block = 512,
    };

    public static HashedFormat VllmTrace { get; } = new()
    {
        Name = "vllm-trace",
        Summary = "vLLM timed traces (JSON lines, seconds, blocks of 16)",
        Unit = TimeUnit.Seconds,
        Block = 16,
    };

    public required string Name { get; init; }
    public required string Summary { get; init; }
    public TimeUnit? Unit { get; private init; }
    private int? Block { get; init; }

    public int? BlockTokens(TraceHead head) => Block;

    /// <summary>Only Mooncake: nothing in the file tells the two apart.</summary>
    public bool Recognises(TraceHead head) => Name == "mooncake" && head.FirstLine.StartsWith('{')
        && (head.FirstLine.Contains("\"hash_ids\"", StringComparison.Ordinal)
            || head.FirstLine.Contains("\"input_length\"", StringComparison.Ordinal));

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options)
    {
        var turns = new SessionTurns();
        return TraceLines.Json(file, (line, row) => turns.Number(Row(line, row, options.Unit ?? Unit!.Value)));
    }

    private static TraceItem Row(int line, JsonElement element, TimeUnit unit)
    {
        var row = new RowFields(element);
        return row.Item(line, () =>
        {
            var messages = row.Group("messages", JsonValueKind.Array) is { } list ? JsonRow.Chat(list)
                : row.Text("text_input") is { } text ? [new ChatMessage("user", text)] : null;
            var record = new TraceRecord
            {
                Line = line,
                At = row.Time(unit, "timestamp", "created_time"),
                Delay = row.Time(unit, "delay", "delay_ms"),
                InputTokens = messages is null
                    ? row.Needed("input_length", "input_tokens") : row.Tokens("input_length", "input_tokens"),
                OutputTokens = row.Tokens("output_length", "output_tokens"),
                HashIds = row.Ids("hash_ids"),
                Messages = messages,
                IsDelta = row.Name("message_mode") == "delta",
                Session = row.Name("session_id"),
            };
            if (record.At is null && record.Delay is null)
            {
                row.Refuse("has neither timestamp nor delay");
            }

            return record;
        });
    }
}
