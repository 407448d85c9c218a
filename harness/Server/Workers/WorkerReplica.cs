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
}

/// <summary>A copy of the model in a process of its own. Killing it is SIGKILL, freezing it is SIGSTOP: nothing is played.</summary>
internal sealed class WorkerReplica(WorkerSpec spec, TimeProvider time) : IReplica, IFreezable
{
    // Guards _life and _state: starting, killing and losing may come from different threads.
    private readonly Lock _lock = new();
    private WorkerLife? _life;
    private ReplicaState _state = ReplicaState.Stopped;

    public int Index => spec.Start.Index;

    public ReplicaState State
    {
        get
        {
            lock (_lock)
            {
                return _state;
            }
        }
    }

    public int Outstanding => Life?.Outstanding ?? 0;

    public bool Responsive => Life?.Responsive ?? true;

    public bool IsFrozen => Life?.IsFrozen ?? false;

    internal int? ProcessId => Life?.ProcessId;

    private WorkerLife? Life
    {
        get
        {
            lock (_lock)
            {
                return _life;
            }
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        WorkerLife? old;
        lock (_lock)
        {
            if (_state is ReplicaState.Starting or ReplicaState.Ready)
            {
                throw new InvalidOperationException($"replica {Index} is {_state}; only a lost or stopped one can be started");
            }

            (old, _state) = (_life, ReplicaState.Starting);
        }

        if (old is not null)
        {
            await old.DisposeAsync().ConfigureAwait(false);
        }

        var life = new WorkerLife(spec, time, over => Move(over, ReplicaState.Lost));
        lock (_lock)
        {
            if (_state != ReplicaState.Starting)
            {
                return;
            }

            _life = life;
        }

        try
        {
            await life.StartAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Kill();
            throw;
        }

        Move(life, ReplicaState.Ready);
    }

    public Task<GenerationResult> GenerateAsync(
        GenerationRequest request, IReadOnlyList<int> promptTokens, IGenerationSink sink, CancellationToken cancellationToken)
    {
        WorkerLife? life;
        lock (_lock)
        {
            life = _state == ReplicaState.Ready ? _life : null;
        }

        if (life is null)
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

    public void Kill() => Leave(ReplicaState.Lost);

    public void Freeze()
    {
        WorkerLife? life;
        lock (_lock)
        {
            life = _state == ReplicaState.Ready ? _life : null;
        }

        (life ?? throw new InvalidOperationException($"replica {Index} has no worker to freeze: it is {State}")).Freeze();
    }

    public void Resume() => Life?.Resume();

    public async ValueTask DisposeAsync()
    {
        Leave(ReplicaState.Stopped);
        if (Life is { } life)
        {
            await life.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Leave(ReplicaState state)
    {
        lock (_lock)
        {
            _state = state;
            _life?.Kill();
        }
    }

    /// <summary>Moves on from starting or serving, unless a kill or another life came in between.</summary>
    private void Move(WorkerLife life, ReplicaState to)
    {
        lock (_lock)
        {
            var from = to == ReplicaState.Ready ? _state == ReplicaState.Starting : _state is ReplicaState.Starting or ReplicaState.Ready;
            if (ReferenceEquals(_life, life) && from)
            {
                _state = to;
            }
        }
    }

    private Task<GenerationResult> Refuse(GenerationStatus status, string error, string? code, IReadOnlyList<int> prompt) =>
        Task.FromResult(new GenerationResult { Status = status, Error = error, ErrorCode = code, PromptTokens = prompt.Count, Replica = Index });
}
