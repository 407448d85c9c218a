using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server.Routing;

/// <summary>
/// One life of one replica as the router sees it. A restart makes a new seat, so that late returns of the old life cannot
/// disturb the counts of the new one.
/// </summary>
internal sealed class Seat(IReplica replica)
{
    private volatile TaskCompletionSource _silence = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReplica Replica { get; } = replica;

    public int Index => Replica.Index;

    /// <summary>Completes when the replica gives no sign of life any more.</summary>
    public Task Silence => _silence.Task;

    public void FallSilent() => _silence.TrySetResult();

    /// <summary>It has found its voice again.</summary>
    public void Speak() => _silence = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guarded by the router's lock.
    public int Outstanding { get; set; }

    /// <summary>Completed when nothing sits on it any more; null unless it is drained. Guarded by the router's lock.</summary>
    public TaskCompletionSource? Emptied { get; set; }
}
