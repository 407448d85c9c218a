using ChaosBench.Engine.Loops;
using ChaosBench.Engine.Pacing;
using ChaosBench.Scenarios;

namespace ChaosBench.Engine;

/// <summary>
/// Waits for instants of a run on behalf of tasks: later turns and clients that think. Timers of the thread pool are 0 to 4 ms late, so
/// an event loop with nothing to send does it where there is one; its thread starts with the first who waits.
/// </summary>
/// <param name="clock">Of the run.</param>
/// <param name="exact">False: by timers, which is all that simulated time has.</param>
internal sealed class Waits(RunClock clock, bool exact) : IDisposable
{
    private readonly Lazy<LoopThread> _thread = new(() => new LoopThread("chaosbench-waits", clock));

    /// <summary>Whether the loop can wait by this clock on this machine.</summary>
    public static bool CanBeExact(RunClock clock) => Posix.IsSupported && LinuxClock.IsClockOf(clock.Time);

    /// <summary>Completes at <paramref name="instant"/> (nanoseconds of the run's clock) or later, at once when that has passed.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="over"/> fired before.</exception>
    public async Task UntilAsync(long instant, CancellationToken over)
    {
        over.ThrowIfCancellationRequested();
        if (clock.Now >= instant)
        {
            return;
        }

        if (exact)
        {
            await OnLoop(instant).WaitAsync(over).ConfigureAwait(false);
            return;
        }

        for (var left = instant - clock.Now; left > 0; left = instant - clock.Now)
        {
            // Timers count in milliseconds, and none may fire early.
            var wait = TimeSpan.FromMilliseconds(Math.Ceiling(left / (double)Nanos.PerMillisecond));
            await Task.Delay(wait, clock.Time, over).ConfigureAwait(false);
        }
    }

    /// <summary>Once <c>over</c> has fired for all who wait.</summary>
    public void Dispose()
    {
        if (_thread.IsValueCreated)
        {
            _thread.Value.Dispose();
        }
    }

    private Task OnLoop(long instant)
    {
        var waiting = new Waiting();
        var loop = _thread.Value.Loop;
        loop.Post(() => loop.At(instant, waiting));
        return waiting.Task;
    }

    private sealed class Waiting : IDeadlined
    {
        private readonly TaskCompletionSource _come = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _come.Task;

        public void OnDeadline() => _come.SetResult();
    }
}
