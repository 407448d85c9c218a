using ChaosBench.Server.Embeddings;

namespace ChaosBench.Server.Scheduling;

/// <summary>One start of a replica, from its thread or process to the end of it.</summary>
/// <remarks>Disposing stops it and completes when all that it held is freed.</remarks>
internal interface ILife : IAsyncDisposable
{
    /// <summary>It gives signs of life.</summary>
    bool Responsive { get; }

    /// <summary>Completes when it has made its first steps, or when it was stopped before.</summary>
    Task StartAsync();

    /// <summary>Ends it without waiting; harmless when it has ended.</summary>
    void Stop();
}

/// <summary>A replica as a sequence of lives, of which one at most is there: what starting, killing and losing have in common.</summary>
internal abstract class StartedReplica<TLife>(int index) : IReplica
    where TLife : class, ILife
{
    // Guards _life and _state: starting, killing and losing may come from different threads.
    private readonly Lock _lock = new();
    private TLife? _life;
    private ReplicaState _state = ReplicaState.Stopped;

    public int Index => index;

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

    public abstract int Outstanding { get; }

    public Func<GenerationRequest, int[]>? Encode { get; init; }

    public bool Responsive => Life?.Responsive ?? true;

    /// <summary>The last life, over or not; null before the first.</summary>
    protected TLife? Life
    {
        get
        {
            lock (_lock)
            {
                return _life;
            }
        }
    }

    /// <summary>The life that takes requests; null when there is none.</summary>
    protected TLife? Serving
    {
        get
        {
            lock (_lock)
            {
                return _state == ReplicaState.Ready ? _life : null;
            }
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        TLife? old;
        lock (_lock)
        {
            if (_state is ReplicaState.Starting or ReplicaState.Ready)
            {
                throw new InvalidOperationException($"replica {Index} is {_state}; only a lost or stopped one can be started");
            }

            (old, _life, _state) = (_life, null, ReplicaState.Starting);
        }

        // Two lives never share the machine: what the old one held is freed before the new one takes the same again.
        if (old is not null)
        {
            await old.DisposeAsync().ConfigureAwait(false);
        }

        var life = Create();
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

        TryMove(life, ReplicaState.Starting, ReplicaState.Ready);
    }

    public abstract Task<GenerationResult> GenerateAsync(
        GenerationRequest request, IReadOnlyList<int> promptTokens, IGenerationSink sink, CancellationToken cancellationToken);

    public abstract Task<EncoderResult> EncodeAsync(IReadOnlyList<int[]> rows, CancellationToken cancellationToken);

    public void Kill() => Leave(ReplicaState.Lost);

    public async ValueTask DisposeAsync()
    {
        Leave(ReplicaState.Stopped);
        if (Life is { } life)
        {
            await life.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>A life that is not started yet.</summary>
    protected abstract TLife Create();

    /// <summary>Moves a life's state, unless another life or a kill came in between.</summary>
    protected bool TryMove(TLife life, ReplicaState from, ReplicaState to)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_life, life) || _state != from)
            {
                return false;
            }

            _state = to;
            return true;
        }
    }

    protected Task<GenerationResult> Refuse(GenerationStatus status, string error, string? code, IReadOnlyList<int> prompt) =>
        Task.FromResult(new GenerationResult { Status = status, Error = error, ErrorCode = code, PromptTokens = prompt.Count, Replica = Index });

    private void Leave(ReplicaState state)
    {
        lock (_lock)
        {
            _state = state;
            _life?.Stop();
        }
    }
}
