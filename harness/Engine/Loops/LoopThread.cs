using ChaosBench.Engine.Pacing;

namespace ChaosBench.Engine.Loops;

/// <summary>An event loop with a thread of its own, for callers that wait on tasks.</summary>
internal sealed class LoopThread : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;

    public LoopThread(string name)
        : this(name, StartedClock())
    {
    }

    /// <param name="clock">Started.</param>
    public LoopThread(string name, RunClock clock)
    {
        Loop = new EventLoop(clock, PacerOptions.NoSpin);
        _thread = new Thread(() =>
        {
            PromptThread.Ask();
            Loop.WaitUntil(long.MaxValue, _stop.Token);
        })
        { IsBackground = true, Name = name };
        _thread.Start();
    }

    public EventLoop Loop { get; }

    private static RunClock StartedClock()
    {
        var clock = new RunClock();
        clock.Start();
        return clock;
    }

    /// <summary>Runs what was posted before, then ends the thread.</summary>
    public void Dispose()
    {
        Loop.Post(_stop.Cancel);
        _thread.Join();
        Loop.Dispose();
        _stop.Dispose();
    }
}
