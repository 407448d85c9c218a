using System.Globalization;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors.Resources;

/// <summary>
/// <c>resource.thread_pool</c>: threads of the server's pool are blocked, as by code that waits where it should await. Each blocks for a short
/// time and queues up again, and stops doing so by itself at the end of the window: what starves may be who would lift it.
/// </summary>
internal sealed class ThreadPoolStarvation(PlannedFault fault, IAnnouncer announcer, TimeProvider time) : IInjector
{
    private static readonly FaultParameter Threads = new("threads", "count", "64", "Work items that block at a time.") { Least = "1", Most = "1024" };
    private static readonly FaultParameter Hold = new("hold", "duration", "100ms", "How long each blocks its thread.") { Least = "1ms", Most = "1s" };

    private TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _over;
    private int _running;
    private long _from;
    private string? _detail;

    public static FaultKind Kind { get; } = new(
        "resource.thread_pool", Vantage.Server, FaultScope.Process, "resource", Fidelity.Real,
        "Threads of the pool that an onnx target's server runs on are blocked again and again. The generator sends from threads of its own; "
        + "what it has to wait for shows in its lag, and a run that it limited is inconclusive.",
        "Health still answers, work that awaits goes on as threads are added, and all is as before once the blocking ends.",
        [Threads, Hold], "{ at: 25s, for: 5s, fault: resource.thread_pool, with: { threads: 64, hold: 100ms } }");

    public PlannedFault Fault { get; } = fault;

    public string? Detail => _detail;

    private TimeSpan Window => TimeSpan.FromTicks((Fault.End - Fault.Start) / 100);

    public async Task ApplyAsync(CancellationToken cancellation)
    {
        announcer.Unit(Fault, "thread-pool", UnitEvent.Eligible);
        announcer.Unit(Fault, "thread-pool", UnitEvent.Selected);
        _ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _over = false;
        _from = time.GetTimestamp();
        _running = Threads.CountOf(Fault.Fault);
        for (var at = 0; at < Threads.CountOf(Fault.Fault); at++)
        {
            Queue();
        }

        var asked = time.GetTimestamp();
        // Into the same queue as those that block; a task of this thread would pass them by.
        var behind = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ThreadPool.UnsafeQueueUserWorkItem(static waiting => waiting.SetResult(), behind, preferLocal: false);
        await behind.Task.WaitAsync(cancellation).ConfigureAwait(false);
        _detail = string.Create(CultureInfo.InvariantCulture,
            $"{Threads.CountOf(Fault.Fault)} work items block for {Hold.DurationOf(Fault.Fault).TotalMilliseconds:0} ms each; one behind them waited {time.GetElapsedTime(asked).TotalMilliseconds:0} ms");
        announcer.Unit(Fault, "thread-pool", UnitEvent.Applied);
    }

    public Task ClearAsync(CancellationToken cancellation)
    {
        _over = true;
        return Volatile.Read(ref _running) == 0 ? Task.CompletedTask : _ended.Task.WaitAsync(cancellation);
    }

    public Task<bool> VerifyHealedAsync(CancellationToken cancellation) => Task.FromResult(Volatile.Read(ref _running) == 0);

    private void Queue() => ThreadPool.UnsafeQueueUserWorkItem(static self => self.Step(), this, preferLocal: false);

    private void Step()
    {
        if (!_over && time.GetElapsedTime(_from) <= Window)
        {
            using (var never = new ManualResetEventSlim())
            {
                never.Wait(Hold.DurationOf(Fault.Fault));
            }

            Queue();
        }
        else if (Interlocked.Decrement(ref _running) == 0)
        {
            _ended.TrySetResult();
        }
    }
}
