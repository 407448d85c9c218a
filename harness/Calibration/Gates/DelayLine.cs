using ChaosBench.Engine;
using ChaosBench.Engine.Pacing;
using ChaosBench.Scenarios;

namespace ChaosBench.Harness.Calibrating.Gates;

/// <summary>
/// Wakes callers closer to an instant than the runtime's timers, whose grain of a millisecond would be a tenth of what is to be added.
/// </summary>
internal sealed class DelayLine : IDisposable
{
    /// <summary>Longest sleep while somebody waits: a later caller may want an earlier instant.</summary>
    private const long Slice = Nanos.PerMillisecond / 4;

    private readonly RunClock _clock;
    private readonly MonotonicPacer _pacer;
    private readonly PriorityQueue<TaskCompletionSource, long> _waiting = new();
    private readonly AutoResetEvent _any = new(false);
    private readonly CancellationTokenSource _over = new();
    private readonly Thread _thread;

    // Guards the queue.
    private readonly Lock _lock = new();

    public DelayLine(TimeProvider time)
    {
        _clock = new RunClock(time);
        _clock.Start();
        _pacer = new MonotonicPacer(_clock, PacerOptions.NoSpin);
        _thread = new Thread(Walk) { IsBackground = true, Name = "chaosbench-delays" };
        _thread.Start();
    }

    /// <summary>Nanoseconds; the scale of <see cref="UntilAsync"/>.</summary>
    public long Now => _clock.Now;

    /// <summary>Completes at the instant, or at once when it is over or the line is closed. Never throws.</summary>
    public Task UntilAsync(long instant)
    {
        if (instant <= _clock.Now || _over.IsCancellationRequested)
        {
            return Task.CompletedTask;
        }

        // Its caller goes on elsewhere: this thread has others to wake.
        var due = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Enqueue(due, instant);
        }

        _any.Set();
        return due.Task;
    }

    public void Dispose()
    {
        _over.Cancel();
        _any.Set();
        _thread.Join();
        while (_waiting.TryDequeue(out var left, out _))
        {
            left.SetResult();
        }

        _over.Dispose();
        _any.Dispose();
    }

    private void Walk()
    {
        while (!_over.IsCancellationRequested)
        {
            if (Next() is { } instant)
            {
                _pacer.WaitUntil(Math.Min(instant, _clock.Now + Slice), _over.Token);
            }
            else
            {
                _any.WaitOne();
            }
        }
    }

    /// <summary>Wakes whose time has come, and tells the next instant; null: nobody waits.</summary>
    private long? Next()
    {
        lock (_lock)
        {
            while (_waiting.TryPeek(out var due, out var instant))
            {
                if (instant > _clock.Now)
                {
                    return instant;
                }

                _waiting.Dequeue();
                due.SetResult();
            }

            return null;
        }
    }
}
