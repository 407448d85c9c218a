using ChaosBench.Scenarios;

namespace ChaosBench.Engine.Pacing;

/// <summary>
/// Waits in three steps, each finer than the one before:
/// <code>
/// |-- wait handle (cancellable) --|-- clock_nanosleep, absolute --|-- spin, 60 us at most --| deadline
///                             20 ms before                   60 us before
/// </code>
/// Absolute sleeps do not add up errors: the schedule is never re-anchored. Without clock_nanosleep the second step is a
/// yielding loop.
/// </summary>
public sealed class MonotonicPacer : IPacer
{
    // The kernel may wake a wait handle some 4 ms late at HZ=250; 20 ms leaves room and bounds the delay of a cancellation.
    private const long CoarseNanos = 20 * Nanos.PerMillisecond;

    private readonly RunClock _clock;
    private readonly long _spin;
    private readonly bool _absoluteSleep;

    public MonotonicPacer(RunClock clock, PacerOptions options)
    {
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(options);
        _clock = clock;
        _spin = options.Bounded;
        _absoluteSleep = LinuxClock.IsClockOf(clock.Time);
    }

    public void WaitUntil(long deadline, CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var left = deadline - _clock.Now;
            if (left <= 0)
            {
                return;
            }

            if (left > CoarseNanos + Nanos.PerMillisecond)
            {
                var milliseconds = Math.Min((left - CoarseNanos) / Nanos.PerMillisecond, int.MaxValue);
                cancellation.WaitHandle.WaitOne((int)milliseconds);
            }
            else if (left > _spin)
            {
                SleepUntil(deadline - _spin);
            }
            else
            {
                Spin(deadline);
                return;
            }
        }
    }

    private void SleepUntil(long instant)
    {
        if (_absoluteSleep)
        {
            LinuxClock.SleepUntil(_clock.Origin + instant);
        }
        else if (instant - _clock.Now > 2 * Nanos.PerMillisecond)
        {
            // Give the core away for about a millisecond; the yields below do the rest.
            new ManualResetEventSlim(false, 0).Wait(1);
        }
        else
        {
            Thread.Yield();
        }
    }

    private void Spin(long deadline)
    {
        while (_clock.Now < deadline)
        {
            Thread.SpinWait(1);
        }
    }
}
