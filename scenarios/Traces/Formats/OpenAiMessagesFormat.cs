using System.Text.Json;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Prompts.Reading;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// Conversations as OpenAI messages, a JSON array or lines of <c>{id, messages[{role, content}]}</c>, as vLLM's multi-turn
/// benchmark reads.
/// </summary>
internal sealed class OpenAiMessagesFormat : ITraceFormat
{
    public string Name => "openai-messages";
    public string Summary => "conversations as OpenAI messages (JSON or JSON lines, no times)";

    public bool Recognises(TraceHead head) => head.Text.TrimStart() is ['[' or '{', ..] && head.Has("\"messages\"");

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options)
    {
        if (file.Head.Has("\"generate_conversations\""))
        {
            throw new PromptException(
                $"{file.Path}: is a recipe for making conversations up, not conversations; give the file that was made from it");
        }

        return TraceLines.Elements(file.Elements(), Row);
    }

    private static IEnumerable<TraceItem> Row(int line, JsonElement element)
    {
        var row = new RowFields(element);
        return row.Group("messages", JsonValueKind.Array) is not { } list ? [new TraceItem.Skipped(line, "no messages")]
            : JsonRow.Chat(list) is { } messages ? Conversation.Turns(line, row.Name("id"), messages)
            : [new TraceItem.Ignored(line, "messages that are not text alone")];
    }
}
