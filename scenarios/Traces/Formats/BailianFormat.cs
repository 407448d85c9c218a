using ChaosBench.Scenarios.Traces.Reading;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// Alibaba's Bailian traces: JSON lines, <c>timestamp</c> in seconds, blocks of 16 tokens. <c>chat_id</c> names one request;
/// <c>parent_chat_id</c> (-1: none) the one it continues, so a session is what hangs together.
/// </summary>
internal sealed class BailianFormat : ITraceFormat
{
    /// <summary>Chats whose session is remembered; parents lie close before their children.</summary>
    private const int MostChats = 1_000_000;

    public string Name => "bailian";
    public string Summary => "Alibaba Bailian traces (JSON lines, seconds, blocks of 16)";
    public TimeUnit? Unit => TimeUnit.Seconds;

    public int? BlockTokens(TraceHead head) => 16;

    public bool Recognises(TraceHead head) => head.FirstLine.StartsWith('{')
        && head.FirstLine.Contains("\"parent_chat_id\"", StringComparison.Ordinal);

    public IEnumerable<TraceItem> Read(TraceFile file, TraceOptions options)
    {
        var sessions = new Dictionary<string, string>(StringComparer.Ordinal);
        return TraceLines.Json(file, (line, element) =>
        {
            var row = new RowFields(element);
            return row.Item(line, () =>
            {
                var at = row.Time(options.Unit ?? TimeUnit.Seconds, "timestamp");
                if (at is null)
                {
                    row.Refuse("has no timestamp");
                }

                return new TraceRecord
                {
                    Line = line,
                    At = at,
                    InputTokens = row.Needed("input_length"),
                    OutputTokens = row.Tokens("output_length"),
                    HashIds = row.Ids("hash_ids"),
                    Cohort = row.Name("type"),
                    Turn = row.Tokens("turn"),
                    Session = SessionOf(row.Name("chat_id"), row.Name("parent_chat_id"), sessions),
                };
            });
        });
    }

    private static string? SessionOf(string? chat, string? parent, Dictionary<string, string> sessions)
    {
        var session = parent is null or "-1" ? chat : sessions.GetValueOrDefault(parent) ?? parent;
        if (chat is not null && session is not null)
        {
            if (sessions.Count >= MostChats)
            {
                sessions.Clear();
            }

            sessions[chat] = session;
        }

        return session;
    }
}
