using ChaosBench.Engine;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>
/// Listens to an A/B run on its way to the journal, pair by pair, and ends it when every comparison is decided:
/// <code>
/// observations, scores -> [ pair whole ] -> DecisionWatch -> horizon drawn -> "decided" in the journal
/// </code>
/// A pair that is not whole, because an answer is still on its way, holds up those behind it: pairs are looked at in their order.
/// </summary>
internal sealed class PairWatch : IJournalWriter, IDisposable
{
    /// <summary>Scores follow their observation at once; a pair rests this long before it is looked at.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(500);

    private readonly IJournalWriter _journal;
    private readonly Plan _plan;
    private readonly TimeProvider _time;
    private readonly DecisionWatch _decision;
    private readonly Dictionary<int, int> _blockOf = [];
    private readonly SortedDictionary<int, Pair> _open = [];
    private bool _over;

    public PairWatch(IJournalWriter journal, JournalEvent.RunStarted header, Plan plan, TimeProvider time)
    {
        (_journal, _plan, _time, _decision) = (journal, plan, time, new DecisionWatch(header));
        foreach (var block in plan.Arrivals.CountBy(arrival => arrival.Block))
        {
            _open[block.Key] = new Pair(block.Value);
        }

        // The end of the plan is no early end.
        var ends = plan.Blocks.Where((_, at) => at % 2 == 1).Select(block => block.End).ToList();
        Horizon = new Horizon([.. ends.Take(ends.Count - 1)]);
    }

    public Horizon Horizon { get; }

    public void Write(JournalEvent @event)
    {
        _journal.Write(@event);
        lock (_open)
        {
            switch (@event)
            {
                case JournalEvent.Observation seen when !_over:
                    _blockOf[seen.Arrival] = seen.Block;
                    Keep(seen.Block, seen);
                    break;
                case JournalEvent.Score score when !_over && _blockOf.TryGetValue(score.Arrival, out var block):
                    Keep(block, score);
                    break;
            }
        }
    }

    /// <summary>Until everything is decided or <paramref name="stop"/> fires.</summary>
    public async Task WatchAsync(Func<long> now, CancellationToken stop)
    {
        try
        {
            while (!Look(now))
            {
                await Task.Delay(Rest / 2, _time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The run is over, decided or not.
        }
    }

    public void Dispose() => Horizon.Dispose();

    /// <returns>True when there is nothing more to look at.</returns>
    private bool Look(Func<long> now)
    {
        while (NextWhole() is { } pair)
        {
            if (_decision.Add(pair) is { } reason)
            {
                Forget();
                if (Horizon.Draw() is { } end)
                {
                    _journal.Write(new JournalEvent.Decided
                    {
                        At = now(), Pairs = _decision.Pairs, End = end, Arrivals = Before(end), Reason = reason,
                    });
                }

                return true;
            }
        }

        return false;
    }

    private void Keep(int block, JournalEvent @event)
    {
        if (_open.TryGetValue(block, out var pair))
        {
            pair.Events.Add(@event);
            pair.Touched = _time.GetTimestamp();
            pair.Left -= @event is JournalEvent.Observation ? 1 : 0;
        }
    }

    private List<JournalEvent>? NextWhole()
    {
        lock (_open)
        {
            if (_open.Count == 0 || _open.First() is not { Value: { Left: 0 } pair } first || _time.GetElapsedTime(pair.Touched) < Rest)
            {
                return null;
            }

            _open.Remove(first.Key);
            foreach (var seen in pair.Events.OfType<JournalEvent.Observation>())
            {
                _blockOf.Remove(seen.Arrival);
            }

            return pair.Events;
        }
    }

    private void Forget()
    {
        lock (_open)
        {
            _over = true;
            _open.Clear();
            _blockOf.Clear();
        }
    }

    /// <summary>Planned requests before an instant; they are in order of time.</summary>
    private int Before(long end)
    {
        var (low, high) = (0, _plan.Arrivals.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _plan.Arrivals[middle].At < end ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <param name="left">Requests without an outcome.</param>
    private sealed class Pair(int left)
    {
        public List<JournalEvent> Events { get; } = [];
        public int Left { get; set; } = left;
        public long Touched { get; set; }
    }
}
