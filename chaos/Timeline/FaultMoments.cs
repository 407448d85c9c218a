using System.Collections.Concurrent;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Chaos.Timeline;

/// <summary>What has happened to each fault so far, for those that wait for it. Thread-safe.</summary>
public sealed class FaultMoments
{
    private readonly ConcurrentDictionary<(string Fault, FaultMoment Moment), TaskCompletionSource<long>> _moments = new();

    /// <summary>Faults that are in place now.</summary>
    private readonly ConcurrentDictionary<string, byte> _active = new(StringComparer.Ordinal);

    /// <summary>The fault is about to be put in place: from here on a detection may be about it.</summary>
    public void Begins(string fault) => _active[fault] = 0;

    /// <summary>The first time counts.</summary>
    /// <param name="at">Nanoseconds of the run.</param>
    public void Reached(string fault, FaultMoment moment, long at)
    {
        if (moment is FaultMoment.Ended or FaultMoment.Healed)
        {
            _active.TryRemove(fault, out _);
        }

        Of(fault, moment).TrySetResult(at);
    }

    public bool IsActive(string fault) => _active.ContainsKey(fault);

    /// <returns>When it happened, nanoseconds of the run.</returns>
    public Task<long> WaitAsync(FaultTrigger trigger, CancellationToken cancellation) =>
        Of(trigger.Fault, trigger.Moment).Task.WaitAsync(cancellation);

    private TaskCompletionSource<long> Of(string fault, FaultMoment moment) =>
        _moments.GetOrAdd((fault, moment), _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));
}
