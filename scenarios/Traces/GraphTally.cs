namespace ChaosBench.Scenarios.Traces;

/// <summary>How deep and how wide the graphs of a trace's sessions are, while its requests go by in order of their turns.</summary>
internal sealed class GraphTally
{
    /// <summary>Sessions that are measured.</summary>
    private const int MostSessions = 100_000;

    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    public void Count(TraceRecord record)
    {
        if (record is not { After: { } after, Turn: { } turn, Session: { } name }
            || (_sessions.Count >= MostSessions && !_sessions.ContainsKey(name)))
        {
            return;
        }

        if (!_sessions.TryGetValue(name, out var session))
        {
            _sessions[name] = session = new Session([], []);
        }

        // Those that are not there (outside the window) are not waited for.
        var level = 1 + after.Max(one => (int?)session.Levels.GetValueOrDefault(one)) ?? 1;
        session.Levels[turn] = level;
        session.Widths[level] = session.Widths.GetValueOrDefault(level) + 1;
    }

    public GraphFigures? Figures() => _sessions.Count == 0 ? null : new GraphFigures(
        _sessions.Count, _sessions.Values.Max(session => session.Widths.Keys.Max()), _sessions.Values.Max(session => session.Widths.Values.Max()));

    /// <param name="Levels">By turn, from 1: one more than the highest of those that it waits for.</param>
    /// <param name="Widths">Turns on each level.</param>
    private sealed record Session(Dictionary<int, int> Levels, Dictionary<int, int> Widths);
}
