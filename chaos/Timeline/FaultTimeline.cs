using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Timeline;

/// <summary>
/// Walks the planned faults: orders each at its time, lifts it at its end, checks that nothing is left, and says every step.
/// </summary>
/// <remarks>
/// <code>
///   Ordered -> Active -> Cleared -> Healed
///      |          |         |
///      +----------+---------+---> Failed (the rest of the timeline goes on; the run cannot pass)
/// </code>
/// Healing does not depend on how the run ends: <see cref="RunAsync"/> always lifts what it put in place, with a time limit and
/// a token of its own, so that neither an abort nor a Ctrl-C can cancel the clean-up.
/// </remarks>
public sealed class FaultTimeline(IReadOnlyList<IInjector> injectors, IAnnouncer announcer, TimeProvider time)
{
    /// <summary>Longest wait for one fault to be lifted and checked, unless its injector needs more.</summary>
    public static readonly TimeSpan HealLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan VerifyPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs every fault to its end, or until <paramref name="stop"/>, and heals on both ways.</summary>
    /// <param name="now">Nanoseconds since the start of the run.</param>
    /// <returns>One result for each injector, in order.</returns>
    public Task<HealResult[]> RunAsync(Func<long> now, CancellationToken stop) =>
        Task.WhenAll(injectors.Select(injector => RunOneAsync(injector, now, stop)));

    private async Task<HealResult> RunOneAsync(IInjector injector, Func<long> now, CancellationToken stop)
    {
        var fault = injector.Fault;
        if (!await WaitUntilAsync(fault.Start, now, stop).ConfigureAwait(false))
        {
            return new HealResult(fault, Applied: false, Healed: true, null);
        }

        announcer.Transition(fault, FaultStage.Ordered, null);
        string? trouble = null;
        try
        {
            await injector.ApplyAsync(stop).ConfigureAwait(false);
            announcer.Transition(fault, FaultStage.Active, injector.Detail);
            await WaitUntilAsync(fault.End, now, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped while the fault was being put in place: half of it may be there, so it is lifted like a whole one.
        }
        catch (Exception exception)
        {
            trouble = "could not be applied: " + exception.Message;
            announcer.Transition(fault, FaultStage.Failed, trouble);
        }

        return await HealAsync(injector, trouble).ConfigureAwait(false);
    }

    private async Task<HealResult> HealAsync(IInjector injector, string? trouble)
    {
        using var limit = new CancellationTokenSource(injector.HealLimit, time);
        try
        {
            await injector.ClearAsync(limit.Token).ConfigureAwait(false);
            announcer.Transition(injector.Fault, FaultStage.Cleared, null);
            while (!await injector.VerifyHealedAsync(limit.Token).ConfigureAwait(false))
            {
                await Task.Delay(VerifyPause, time, limit.Token).ConfigureAwait(false);
            }

            announcer.Transition(injector.Fault, FaultStage.Healed, null);
            return new HealResult(injector.Fault, Applied: trouble is null, Healed: true, trouble);
        }
        catch (Exception exception)
        {
            var detail = exception is OperationCanceledException
                ? FormattableString.Invariant($"not healed within {injector.HealLimit.TotalSeconds:0} s")
                : "could not be healed: " + exception.Message;
            announcer.Transition(injector.Fault, FaultStage.Failed, detail);
            return new HealResult(injector.Fault, Applied: trouble is null, Healed: false, detail);
        }
    }

    /// <returns>False when stopped first.</returns>
    private async Task<bool> WaitUntilAsync(long at, Func<long> now, CancellationToken stop)
    {
        try
        {
            for (var left = at - now(); left > 0; left = at - now())
            {
                // One tick is 100 ns; rounded up, so that a wait never ends before its time and spins.
                await Task.Delay(TimeSpan.FromTicks((left + 99) / 100), time, stop).ConfigureAwait(false);
            }

            return !stop.IsCancellationRequested;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }
}

/// <param name="Applied">The fault was put in place.</param>
/// <param name="Healed">Nothing of it is left, checked. True for a fault that never started.</param>
/// <param name="Trouble">What went wrong, if anything did.</param>
public sealed record HealResult(PlannedFault Fault, bool Applied, bool Healed, string? Trouble);
