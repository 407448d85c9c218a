using ChaosBench.Chaos;

namespace ChaosBench.Tests.Support;

/// <summary>Replicas that are only flags.</summary>
internal sealed class FakeReplicas(int count) : IReplicaControl
{
    public bool[] Ready { get; } = [.. Enumerable.Repeat(true, count)];

    public bool[] Frozen { get; } = new bool[count];

    public string? FreezeRefusal { get; init; }

    public int Count => Ready.Length;

    public void Freeze(int replica) => Frozen[replica] = true;

    public void Resume(int replica) => Frozen[replica] = false;

    public bool[] Cut { get; } = new bool[count];

    /// <summary>Completes the rolling restarts; until then they go on.</summary>
    public TaskCompletionSource Rolled { get; } = new();

    public void Partition(int replica, bool cut) => (Cut[replica], Ready[replica]) = (cut, !cut);

    public Task RestartRollingAsync(CancellationToken cancellation) => Rolled.Task;

    public bool IsFrozen(int replica) => Frozen[replica];

    public Task KillAsync(int replica, CancellationToken cancellation)
    {
        Ready[replica] = false;
        return Task.CompletedTask;
    }

    public Task RestartAsync(int replica, CancellationToken cancellation)
    {
        Ready[replica] = true;
        return Task.CompletedTask;
    }

    public bool IsReady(int replica) => Ready[replica];

    public IModelControl? Models { get; init; } = new FakeModels();
}
