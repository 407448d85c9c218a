using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;

namespace ChaosBench.Engine;

/// <summary>The observations of the last seconds, for the abort conditions and for people who watch.</summary>
internal sealed class RecentWindow
{
    public const long Length = 5 * Nanos.PerSecond;

    /// <summary>20,000 answers a second; beyond that the window is shorter than 5 s.</summary>
    private const int Capacity = 100_000;

    // Guards the queue.
    private readonly Lock _lock = new();
    private readonly Queue<JournalEvent.Observation> _recent = new();

    public void Add(JournalEvent.Observation observation)
    {
        if (observation.Outcome is Outcome.NotSent or Outcome.Cancelled)
        {
            return;
        }

        lock (_lock)
        {
            if (_recent.Count == Capacity)
            {
                _recent.Dequeue();
            }

            _recent.Enqueue(observation);
        }
    }

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
}
