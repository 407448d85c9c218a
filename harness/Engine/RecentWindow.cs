using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;

namespace ChaosBench.Engine;

/// <summary>
/// The last seconds of a run: first-token times (and ends, where they are shown) for people who watch, and whole observations where abort conditions need them. Nothing
/// else is kept: what lives on for seconds must be copied by each collection, and the pauses would be in the measurement.
/// </summary>
internal sealed class RecentWindow(bool keepsObservations)
{
    public const long Length = 5 * Nanos.PerSecond;

    /// <summary>20,000 answers a second; beyond that the window is shorter than 5 s.</summary>
    private const int Capacity = 100_000;

    // Guards the queues.
    private readonly Lock _lock = new();
    private readonly Queue<JournalEvent.Observation> _recent = new();
    private readonly Queue<(long Ended, long Nanos)> _firstTokens = new();
    private readonly Queue<(long Ended, long Nanos)> _ends = new();

    /// <summary>Somebody asks for <see cref="EndsAt"/>.</summary>
    public bool KeepsEnds { get; init; }

    public void Add(JournalEvent.Observation observation)
    {
        if (observation.Outcome is Outcome.NotSent or Outcome.Cancelled || (observation.FirstToken is null && !keepsObservations && !KeepsEnds))
        {
            return;
        }

        lock (_lock)
        {
            if (observation.FirstToken is { } first)
            {
                Add(_firstTokens, (observation.Ended, first - observation.Planned));
            }

            if (KeepsEnds && observation.Outcome == Outcome.Completed)
            {
                Add(_ends, (observation.Ended, (observation.LastToken ?? observation.Ended) - observation.Planned));
            }

            if (keepsObservations)
            {
                Add(_recent, observation);
            }
        }
    }

    /// <summary>Empty unless observations are kept.</summary>
    public JournalEvent.Observation[] At(long now)
    {
        lock (_lock)
        {
            while (_recent.TryPeek(out var oldest) && oldest.Ended <= now - Length)
            {
                _recent.Dequeue();
            }

            return [.. _recent];
        }
    }

    /// <summary>Seconds from the planned time to the first token, of the requests that ended in the last 5 s.</summary>
    public double[] FirstTokensAt(long now) => SecondsAt(_firstTokens, now);

    /// <summary>Seconds from the planned time to the end of the answer, of the requests that completed in the last 5 s.</summary>
    public double[] EndsAt(long now) => SecondsAt(_ends, now);

    private double[] SecondsAt(Queue<(long Ended, long Nanos)> times, long now)
    {
        lock (_lock)
        {
            while (times.TryPeek(out var oldest) && oldest.Ended <= now - Length)
            {
                times.Dequeue();
            }

            return [.. times.Select(one => Nanos.ToSeconds(one.Nanos))];
        }
    }

    private static void Add<T>(Queue<T> queue, T item)
    {
        if (queue.Count == Capacity)
        {
            queue.Dequeue();
        }

        queue.Enqueue(item);
    }
}
