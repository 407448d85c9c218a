using System.Text.Json;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts.Reading;
using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// AIPerf data sets: JSON lines of single turns <c>{text, timestamp | delay, session_id, output_length}</c> or of sessions
/// <c>{session_id, turns[]}</c>. Times in milliseconds.
/// </summary>
internal sealed class AiPerfFormat : ITraceFormat
{
    private static readonly string[] Media = ["image", "images", "audio", "audios", "audio_url", "video", "videos"];

    public string Name => "aiperf";
    public string Summary => "AIPerf single-turn and multi-turn data sets (JSON lines, milliseconds)";
    public TimeUnit? Unit => TimeUnit.Milliseconds;

    public bool Recognises(TraceHead head) => head.FirstLine.StartsWith('{') && head.Has("\"session_id\"")
        && (head.Has("\"turns\"") || head.Has("\"text\"") || head.Has("\"texts\""));

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options)
    {
        var turns = new Dictionary<string, int>(StringComparer.Ordinal);
        return TraceLines.Json(file, (line, element) => Row(line, element, options.Unit ?? TimeUnit.Milliseconds, turns));
    }

    private static IEnumerable<TraceItem> Row(int line, JsonElement element, TimeUnit unit, Dictionary<string, int> turns)
    {
        const int MostSessions = 1_000_000;
        var row = new RowFields(element);
        var session = row.Name("session_id");
        if (row.Group("turns", JsonValueKind.Array) is { } list)
        {
            var id = session ?? FormattableString.Invariant($"row#{line}");
            return list.GetArrayLength() == 0
                ? [new TraceItem.Skipped(line, "a session without turns")]
                : list.EnumerateArray().Select((turn, number) => Turn(line, turn, unit, id, number + 1));
        }

        if (session is null)
        {
            return [Turn(line, element, unit, null, null)];
        }

        if (turns.Count >= MostSessions)
        {
            turns.Clear();
        }

        return [Turn(line, element, unit, session, turns[session] = turns.GetValueOrDefault(session) + 1)];
    }

    private static TraceItem Turn(int line, JsonElement element, TimeUnit unit, string? session, int? number)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            // As MT-Bench has them.
            return new TraceItem.Row(new TraceRecord
            {
                Line = line, Messages = [new ChatMessage("user", JsonRow.Text(element))], IsDelta = number > 1, Session = session, Turn = number,
            });
        }

        var row = new RowFields(element);
        if (Array.Exists(Media, name => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out _)))
        {
            return new TraceItem.Ignored(line, "a turn with images, audio or video");
        }

        return row.Item(line, () =>
        {
            var text = row.Text("text") ?? Joined(row.Group("texts", JsonValueKind.Array));
            if (text is null)
            {
                row.Refuse("has neither text nor texts");
            }

            return new TraceRecord
            {
                Line = line,
                At = row.Time(unit, "timestamp"),
                Delay = row.Time(unit, "delay"),
                Messages = [new ChatMessage(row.Name("role") is "system" ? "system" : "user", text ?? "")],
                IsDelta = number > 1,
                OutputTokens = row.Tokens("output_length"),
                Session = session,
                Turn = number,
            };
        });
    }

    /// <summary>Texts, or groups <c>{contents[]}</c> of them.</summary>
    private static string? Joined(JsonElement? texts) => texts is { } list
        ? string.Join("\n", list.EnumerateArray().SelectMany(text => text.ValueKind == JsonValueKind.Object
            && text.TryGetProperty("contents", out var contents) && contents.ValueKind == JsonValueKind.Array
            ? contents.EnumerateArray().Select(JsonRow.Text) : [JsonRow.Text(text)]))
        : null;
}
