using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// A recorded conversation as the requests that made it: each turn asks what is new, and holds what was answered.
/// </summary>
internal static class Conversation
{
    public static IEnumerable<TraceItem> Turns(int line, string? id, IReadOnlyList<ChatMessage> messages)
    {
        var asked = new List<ChatMessage>();
        var turn = 0;
        var session = FormattableString.Invariant($"{id ?? "row"}#{line}");
        for (var at = 0; at < messages.Count; at++)
        {
            if (messages[at].Role != "assistant")
            {
                asked.Add(messages[at]);
            }

            var answered = at + 1 < messages.Count && messages[at + 1].Role == "assistant" ? messages[at + 1].Content : null;
            if (asked.Exists(message => message.Role == "user") && (answered is not null || at + 1 == messages.Count))
            {
                yield return new TraceItem.Row(new TraceRecord
                {
                    Line = line,
                    Messages = asked,
                    Answer = answered,
                    IsDelta = turn > 0,
                    Session = session,
                    Turn = ++turn,
                });
                asked = [];
            }
        }

        if (turn == 0)
        {
            yield return new TraceItem.Skipped(line, "no message of a user");
        }
    }
}
