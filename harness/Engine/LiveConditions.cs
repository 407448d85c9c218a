using ChaosBench.Chaos.Timeline;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Engine;

/// <summary>
/// Conditions on metrics that somebody waits for while a run goes on. Looked at once a second, over the same windows as abort
/// conditions; each counts from the moment that it was asked for.
/// </summary>
public sealed class LiveConditions : ILiveConditions
{
    // Guards _waits.
    private readonly Lock _lock = new();
    private readonly List<Wait> _waits = [];

    /// <summary>Somebody waits.</summary>
    public bool AreWatched
    {
        get
        {
            lock (_lock)
            {
                return _waits.Count > 0;
            }
        }
    }

    /// <exception cref="ArgumentException">It cannot be known while the run goes on.</exception>
    public async Task<string> MetAsync(AbortCondition condition, CancellationToken cancellation)
    {
        var wait = new Wait(new AbortMonitor([condition]) { Noun = "condition" }, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            _waits.Add(wait);
        }

        try
        {
            return await wait.Met.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _waits.Remove(wait);
            }
        }
    }

    /// <summary>As <see cref="AbortMonitor.Check"/>.</summary>
    internal void Look(long now, IReadOnlyList<JournalEvent.Observation> recent, IReadOnlyList<WaitingRequest> waiting)
    {
        Wait[] waits;
        lock (_lock)
        {
            waits = [.. _waits];
        }

        foreach (var wait in waits)
        {
            if (wait.Monitor.Check(now, recent, waiting) is { } met)
            {
                wait.Met.TrySetResult(met);
            }
        }
    }

    private sealed record Wait(AbortMonitor Monitor, TaskCompletionSource<string> Met);
}
