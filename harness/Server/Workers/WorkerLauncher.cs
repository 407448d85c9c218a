using System.Collections.Concurrent;

namespace ChaosBench.Server.Workers;

/// <summary>
/// Starts workers on one thread that never ends: Linux ties a child's parent-death signal to the thread that started it, and the
/// pool's threads come and go.
/// </summary>
internal static class WorkerLauncher
{
    private static readonly BlockingCollection<Action> Orders = [];

    static WorkerLauncher() => new Thread(Run) { IsBackground = true, Name = "worker launcher" }.Start();

    public static Task<T> RunAsync<T>(Func<T> start)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Orders.Add(() =>
        {
            try
            {
                done.SetResult(start());
            }
            catch (Exception e)
            {
                // It is the caller's, who waits for it.
                done.SetException(e);
            }
        });
        return done.Task;
    }

    private static void Run()
    {
        foreach (var order in Orders.GetConsumingEnumerable())
        {
            order();
        }
    }
}
