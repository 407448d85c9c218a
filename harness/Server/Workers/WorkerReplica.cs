using ChaosBench.Server.Embeddings;
using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server.Workers;

/// <summary>A replica that can be held still and let go, as a machine that hangs.</summary>
internal interface IFreezable
{
    bool IsFrozen { get; }

    /// <exception cref="NotSupportedException">This system cannot do it.</exception>
    /// <exception cref="InvalidOperationException">There is nothing that runs.</exception>
    void Freeze();

    void Resume();

    /// <summary>What goes between here and there stays on the way, or arrives.</summary>
    void Partition(bool cut);
}

/// <summary>A copy of the model in a process of its own. Killing it is SIGKILL, freezing it is SIGSTOP: nothing is played.</summary>
internal sealed class WorkerReplica(WorkerSpec spec, TimeProvider time) : StartedReplica<WorkerLife>(spec.Start.Index), IFreezable
{
    public override int Outstanding => Life?.Outstanding ?? 0;

    public bool IsFrozen => Life?.IsFrozen ?? false;

    internal int? ProcessId => Life?.ProcessId;

    public override Task<GenerationResult> GenerateAsync(
        GenerationRequest request, IReadOnlyList<int> promptTokens, IGenerationSink sink, CancellationToken cancellationToken)
    {
        if (Serving is not { } life)
        {
            return Refuse(GenerationStatus.ReplicaLost, $"replica {Index} is not serving", null, promptTokens);
        }

        // Checked on this side too: a request that cannot be served costs the worker nothing.
        if (RequestRules.Check(request, promptTokens, spec.Positions, spec.Vocabulary) is var (error, code))
        {
            return Refuse(GenerationStatus.BadRequest, error, code, promptTokens);
        }

        if (life.Outstanding >= spec.Start.Sizes.Slots + spec.Start.Sizes.MaxQueue)
        {
            var full = $"replica {Index} has no free slot and {spec.Start.Sizes.MaxQueue:N0} requests waiting";
            return Refuse(GenerationStatus.Overloaded, full, "queue_full", promptTokens);
        }

        return life.GenerateAsync(request, promptTokens, sink, cancellationToken);
    }

    public override Task<EncoderResult> EncodeAsync(IReadOnlyList<int[]> rows, CancellationToken cancellationToken)
    {
        return Serving?.EncodeAsync(rows, cancellationToken) ?? Task.FromResult(EncoderResult.Lost(Index));
    }

    public void Freeze()
    {
        (Serving ?? throw new InvalidOperationException($"replica {Index} has no worker to freeze: it is {State}")).Freeze();
    }

    public void Resume() => Life?.Resume();

    public void Partition(bool cut) => Life?.Partition(cut);

    protected override WorkerLife Create() => new(spec, time, over =>
    {
        if (!TryMove(over, ReplicaState.Starting, ReplicaState.Lost))
        {
            TryMove(over, ReplicaState.Ready, ReplicaState.Lost);
        }
    });
}
