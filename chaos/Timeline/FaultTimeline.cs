using System.Collections.Concurrent;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Timeline;

/// <summary>
/// Walks the planned faults: orders each at the start of its windows, lifts it at their ends, checks that nothing is left, and says
/// every step.
/// </summary>
/// <remarks>
/// <code>
///   (after) -> Ordered -> Active -> Cleared -> Healed -> next window ...
///                 |          |         |
///                 +----------+---------+---> Failed (the fault is over; the rest of the timeline goes on; the run cannot pass)
/// </code>
/// Healing does not depend on how the run ends: <see cref="RunAsync"/> always lifts what it put in place, with a time limit and
/// a token of its own, so that neither an abort nor a Ctrl-C can cancel the clean-up.
/// </remarks>
public sealed class FaultTimeline(IReadOnlyList<IInjector> injectors, IAnnouncer announcer, TimeProvider time)
{
    /// <summary>Longest wait for one fault to be lifted and checked, unless its injector needs more.</summary>
    public static readonly TimeSpan HealLimit = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Numbered victims cannot be met twice, so a fault on them stands ready before the first can come: it touches nobody else. As long
    /// as the baseline gate leaves; those due within it of the start are put in place by <see cref="PlaceFirstAsync"/>.
    /// </summary>
    private const long LeadOfNumbered = 250 * Nanos.PerMillisecond;

    private static readonly TimeSpan VerifyPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Put in place before the run began; not taken over by the walk yet.</summary>
    private readonly ConcurrentDictionary<IInjector, Task> _placed = new();

    /// <summary>What <c>after</c> waits for; tell it of detections.</summary>
    public FaultMoments Moments { get; } = new();

    /// <summary>What <c>until</c> waits for. Null: such a fault lasts for all of its time.</summary>
    public ILiveConditions? Conditions { get; init; }

    /// <summary>Where faults that pause wait for a person. Null: nobody is asked.</summary>
    public IGate? Gate { get; set; }

    /// <summary>
    /// Before the first request can be sent: puts in place what has numbered victims and begins with the run, so that no request is
    /// faster. Only where nothing has to be awaited before the first fault. <see cref="RunAsync"/> goes on with it, and lifts it.
    /// </summary>
    public async Task PlaceFirstAsync(CancellationToken stop)
    {
        foreach (var injector in injectors.Where(injector => injector.Fault is { Fault: { Schedule: { Nth.Count: > 0, After: null }, Pauses: false } } fault
            && fault.Windows[0].Start <= LeadOfNumbered))
        {
            Say(injector.Fault, FaultStage.Ordered, null);
            var placing = ApplyAsync(injector);
            _placed[injector] = placing;
            // What goes wrong is told where it is taken over.
            await placing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task ApplyAsync(IInjector injector) => await injector.ApplyAsync(stop).ConfigureAwait(false);
    }

    /// <summary>Runs every fault to its end, or until <paramref name="stop"/>, and heals on both ways.</summary>
    /// <param name="now">Nanoseconds since the start of the run.</param>
    /// <returns>One result for each injector, in order.</returns>
    public Task<HealResult[]> RunAsync(Func<long> now, CancellationToken stop) =>
        Task.WhenAll(injectors.Select(injector => new Course(this, injector, now).RunAsync(stop)));

    /// <summary>One fault on its way through its windows.</summary>
    private sealed class Course(FaultTimeline owner, IInjector injector, Func<long> now)
    {
        private readonly PlannedFault _fault = injector.Fault;

        public async Task<HealResult> RunAsync(CancellationToken stop)
        {
            var result = new HealResult(_fault, Applied: false, Healed: true, null);
            if (await StartsAsync(stop).ConfigureAwait(false) is not { } moved)
            {
                return result;
            }

            using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
            Task watch = Task.CompletedTask;
            for (var number = 0; number < _fault.Windows.Count; number++)
            {
                var window = _fault.Windows[number];
                var (start, end) = (window.Start + moved, Math.Min(window.End + moved, _fault.Latest));
                if (end <= start || !(owner._placed.ContainsKey(injector) || await WaitUntilAsync(start - Lead, over.Token).ConfigureAwait(false)))
                {
                    break;
                }

                if (number == 0)
                {
                    watch = WatchAsync(over);
                }

                var isLast = number == _fault.Windows.Count - 1;
                var one = await ActAsync(end, isLast, over.Token).ConfigureAwait(false);
                result = result with { Applied = result.Applied || one.Applied, Healed = one.Healed, Trouble = one.Trouble };
                if (one.Trouble is not null)
                {
                    break;
                }
            }

            await over.CancelAsync().ConfigureAwait(false);
            await watch.ConfigureAwait(false);
            if (result is { Applied: true, Healed: true })
            {
                owner.Moments.Reached(_fault.Fault.Id, FaultMoment.Healed, now());
            }

            return result;
        }

        private long Lead => _fault.Fault.Schedule.Nth.Count > 0 ? LeadOfNumbered : 0;

        /// <returns>Nanoseconds by which its windows move; null when it never starts.</returns>
        private async Task<long?> StartsAsync(CancellationToken stop)
        {
            if (_fault.Fault.Schedule.After is not { } after)
            {
                return await PassesAsync(0, stop).ConfigureAwait(false);
            }

            try
            {
                var at = await owner.Moments.WaitAsync(after, stop).ConfigureAwait(false);
                // Never earlier than now: what has passed while the news came cannot be made up for.
                var moved = Math.Max(at + Nanos.From(after.Delay), now()) - _fault.Windows[0].Start;
                return IsInTime(moved) ? await PassesAsync(moved, stop).ConfigureAwait(false) : null;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                owner.Announce(_fault, $"did not start: what it waits for ({after.Fault} {Word(after.Moment)}) did not happen");
                return null;
            }
        }

        /// <summary>Waits for a person where the fault pauses.</summary>
        private async Task<long?> PassesAsync(long moved, CancellationToken stop)
        {
            if (!_fault.Fault.Pauses || owner.Gate is not { } gate)
            {
                return moved;
            }

            if (!await WaitUntilAsync(_fault.Windows[0].Start + moved, stop).ConfigureAwait(false))
            {
                return null;
            }

            try
            {
                await gate.PassAsync(_fault, stop).ConfigureAwait(false);
                moved = Math.Max(moved, now() - _fault.Windows[0].Start);
                return IsInTime(moved) ? moved : null;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                owner.Announce(_fault, "did not start: nobody let it go on");
                return null;
            }
        }

        private bool IsInTime(long moved)
        {
            if (_fault.Windows[0].Start + moved < _fault.Latest)
            {
                return true;
            }

            owner.Announce(_fault, "did not start: the fault phase is over");
            return false;
        }

        /// <summary>Ends the fault when its condition holds.</summary>
        private async Task WatchAsync(CancellationTokenSource over)
        {
            if (owner.Conditions is not { } conditions || _fault.Fault.Schedule.Until is not { } until)
            {
                return;
            }

            try
            {
                var seen = await conditions.MetAsync(until, over.Token).ConfigureAwait(false);
                owner.Announce(_fault, "ends: " + seen);
                await over.CancelAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                // Its time was over first.
            }
        }

        private async Task<HealResult> ActAsync(long end, bool isLast, CancellationToken over)
        {
            if (!owner._placed.TryRemove(injector, out var placing))
            {
                owner.Say(_fault, FaultStage.Ordered, null);
            }

            owner.Moments.Begins(_fault.Fault.Id);
            string? trouble = null;
            try
            {
                await (placing ?? injector.ApplyAsync(over)).ConfigureAwait(false);
                owner.Say(_fault, FaultStage.Active, injector.Detail);
                owner.Moments.Reached(_fault.Fault.Id, FaultMoment.Started, now());
                await WaitUntilAsync(end, over).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                // Stopped while the fault was being put in place: half of it may be there, so it is lifted like a whole one.
            }
            catch (Exception exception)
            {
                trouble = "could not be applied: " + exception.Message;
                owner.Say(_fault, FaultStage.Failed, trouble);
            }

            return await owner.HealAsync(injector, trouble, () =>
            {
                if (isLast || over.IsCancellationRequested)
                {
                    owner.Moments.Reached(_fault.Fault.Id, FaultMoment.Ended, now());
                }
            }).ConfigureAwait(false);
        }

        /// <returns>False when stopped first.</returns>
        private async Task<bool> WaitUntilAsync(long at, CancellationToken stop)
        {
            try
            {
                for (var left = at - now(); left > 0; left = at - now())
                {
                    // One tick is 100 ns; rounded up, so that a wait never ends before its time and spins.
                    await Task.Delay(TimeSpan.FromTicks((left + 99) / 100), owner.Time, stop).ConfigureAwait(false);
                }

                return !stop.IsCancellationRequested;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return false;
            }
        }
    }

    private TimeProvider Time => time;

    private static string Word(FaultMoment moment) => moment.ToString().ToLowerInvariant();

    private void Say(PlannedFault fault, FaultStage stage, string? detail) => announcer.Transition(fault, stage, detail);

    private void Announce(PlannedFault fault, string remark) => announcer.Remark($"{fault.Fault.Id} {remark}");

    private async Task<HealResult> HealAsync(IInjector injector, string? trouble, Action cleared)
    {
        using var limit = new CancellationTokenSource(injector.HealLimit, time);
        try
        {
            await injector.ClearAsync(limit.Token).ConfigureAwait(false);
            Say(injector.Fault, FaultStage.Cleared, null);
            cleared();
            while (!await injector.VerifyHealedAsync(limit.Token).ConfigureAwait(false))
            {
                await Task.Delay(VerifyPause, time, limit.Token).ConfigureAwait(false);
            }

            Say(injector.Fault, FaultStage.Healed, null);
            return new HealResult(injector.Fault, Applied: trouble is null, Healed: true, trouble);
        }
        catch (Exception exception)
        {
            var detail = exception is OperationCanceledException
                ? FormattableString.Invariant($"not healed within {injector.HealLimit.TotalSeconds:0} s")
                : "could not be healed: " + exception.Message;
            Say(injector.Fault, FaultStage.Failed, detail);
            return new HealResult(injector.Fault, Applied: trouble is null, Healed: false, detail);
        }
    }
}

/// <param name="Applied">The fault was put in place.</param>
/// <param name="Healed">Nothing of it is left, checked. True for a fault that never started.</param>
/// <param name="Trouble">What went wrong, if anything did.</param>
public sealed record HealResult(PlannedFault Fault, bool Applied, bool Healed, string? Trouble);
