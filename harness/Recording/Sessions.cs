using System.Globalization;

namespace ChaosBench.Harness.Recording;

/// <summary>Conversations by the clients' own names for them, which may be those of people: in the trace they are numbers.</summary>
internal sealed class Sessions
{
    /// <summary>More are not told apart from requests without one.</summary>
    private const int Most = 100_000;

    private readonly Lock _guard = new(); // guards the table and what is in it
    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>At its arrival: the session's place in the trace; null where it is not known or there are too many.</summary>
    public Place? Enter(string? session, long at)
    {
        if (session is not { Length: > 0 })
        {
            return null;
        }

        lock (_guard)
        {
            if (!_known.TryGetValue(session, out var known))
            {
                if (_known.Count >= Most)
                {
                    return null;
                }

                _known[session] = known = new Known($"s{(_known.Count + 1).ToString(CultureInfo.InvariantCulture)}");
            }

            // A pause is between an answer and the next request; turns side by side have none.
            var place = new Place(known.Name, ++known.Turns, known is { Open: 0, EndedAt: { } ended } && at >= ended ? at - ended : null);
            known.Open++;
            return place;
        }
    }

    /// <summary>Its answer has ended.</summary>
    public void Leave(string session, long at)
    {
        lock (_guard)
        {
            if (_known.TryGetValue(session, out var known))
            {
                known.Open--;
                known.EndedAt = at;
            }
        }
    }

    /// <param name="Turn">From 1.</param>
    /// <param name="Delay">Nanoseconds since the answer of the turn before. Null: that had not come, or there was none.</param>
    internal sealed record Place(string Name, int Turn, long? Delay);

    private sealed class Known(string name)
    {
        public string Name { get; } = name;
        public int Turns { get; set; }
        public int Open { get; set; }
        public long? EndedAt { get; set; }
    }
}
