namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>Numbers the turns of sessions in the order of the file, for formats that do not.</summary>
internal sealed class SessionTurns
{
    /// <summary>Sessions that are remembered; their turns lie close together.</summary>
    private const int MostSessions = 1_000_000;

    private readonly Dictionary<string, int> _turns = new(StringComparer.Ordinal);

    public TraceItem Number(TraceItem item)
    {
        if (item is not TraceItem.Row { Record: { Session: { } session, Turn: null } record })
        {
            return item;
        }

        if (_turns.Count >= MostSessions)
        {
            _turns.Clear();
        }

        return new TraceItem.Row(record with { Turn = _turns[session] = _turns.GetValueOrDefault(session) + 1 });
    }
}
