using System.Text.Json;
using ChaosBench.Scenarios.Prompts.Reading;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// ShareGPT dumps: a JSON array (or lines) of <c>{id, conversations[{from, value}]}</c>. No times; each turn is a request.
/// </summary>
internal sealed class ShareGptFormat : ITraceFormat
{
    public string Name => "sharegpt";
    public string Summary => "ShareGPT dumps (JSON, no times, turns of conversations)";

    public bool Recognises(TraceHead head) => head.Text.TrimStart() is ['[' or '{', ..] && head.Has("\"conversations\"");

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options) => TraceLines.Elements(file.Elements(), Row);

    private static IEnumerable<TraceItem> Row(int line, JsonElement element)
    {
        var row = new RowFields(element);
        var list = row.Group("conversations", JsonValueKind.Array) ?? row.Group("messages", JsonValueKind.Array);
        return list is null ? [new TraceItem.Skipped(line, "no conversations")]
            : JsonRow.Conversation(list.Value, toFirstAnswer: false) is { } messages
            ? Conversation.Turns(line, row.Name("id"), messages)
            : [new TraceItem.Skipped(line, "a turn that is not {from: human, gpt or system, value}")];
    }
}
