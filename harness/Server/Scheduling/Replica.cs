using ChaosBench.Server.Models;

namespace ChaosBench.Server.Scheduling;

/// <summary>
/// A copy of the model on a thread of its own. Each start is a fresh <see cref="ReplicaLife"/>; killing it takes nothing else along.
/// </summary>
internal sealed class Replica : IReplica
{
    private readonly ModelFolder _model;
    private readonly ReplicaOptions _options;

    // Guards _life and _state: starting, killing and losing may come from different threads.
    private readonly Lock _lock = new();
    private ReplicaLife? _life;
    private ReplicaState _state = ReplicaState.Stopped;
    private int _outstanding;

    public Replica(ModelFolder model, int index, ReplicaOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Slots, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PrefillChunk, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxQueue);
        ArgumentOutOfRangeException.ThrowIfNegative(options.KeptPrefixes);
        _model = model;
        _options = options;
        Index = index;
        Positions = model.PositionsOf(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(Positions, 2, nameof(options));
    }

    public int Index { get; }

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

    public int Outstanding => Volatile.Read(ref _outstanding);

    private int Positions { get; }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        ReplicaLife? old;
        lock (_lock)
        {
            if (_state is ReplicaState.Starting or ReplicaState.Ready)
            {
                throw new InvalidOperationException($"replica {Index} is {_state}; only a lost or stopped one can be started");
            }

            (old, _life, _state) = (_life, null, ReplicaState.Starting);
        }

        // Two lives never share the machine: the old one's session and cache are gone before the new one's come.
        await (old?.Ended ?? Task.CompletedTask).ConfigureAwait(false);
        var life = new ReplicaLife(_model, _options, Index, TryMove);
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
    }

    public Task<GenerationResult> GenerateAsync(
        GenerationRequest request, IReadOnlyList<int> promptTokens, IGenerationSink sink, CancellationToken cancellationToken)
    {
        ReplicaLife? life;
        lock (_lock)
        {
            life = _state == ReplicaState.Ready ? _life : null;
        }

        if (life is null)
        {
            return Refuse(GenerationStatus.ReplicaLost, $"replica {Index} is not serving", null, promptTokens);
        }

        if (RequestRules.Check(request, promptTokens, Positions, _model.Vocabulary) is var (error, code))
        {
            return Refuse(GenerationStatus.BadRequest, error, code, promptTokens);
        }

        if (Interlocked.Increment(ref _outstanding) > _options.Slots + _options.MaxQueue)
        {
            Interlocked.Decrement(ref _outstanding);
            var full = $"replica {Index} has no free slot and {_options.MaxQueue:N0} requests waiting";
            return Refuse(GenerationStatus.Overloaded, full, "queue_full", promptTokens);
        }

        var context = new GenerationContext(Index, _model.Tokenizer, Positions, () => Interlocked.Decrement(ref _outstanding), cancellationToken);
        var generation = new Generation(request, [.. promptTokens], sink, context);
        if (!life.Accept(generation))
        {
            generation.End(GenerationStatus.ReplicaLost, $"replica {Index} was lost");
        }

        return generation.Result;
    }

    public void Kill() => Leave(ReplicaState.Lost);

    public async ValueTask DisposeAsync()
    {
        Leave(ReplicaState.Stopped);
        ReplicaLife? life;
        lock (_lock)
        {
            life = _life;
        }

        await (life?.Ended ?? Task.CompletedTask).ConfigureAwait(false);
    }

    private void Leave(ReplicaState state)
    {
        lock (_lock)
        {
            _state = state;
            _life?.Stop();
        }
    }

    private Task<GenerationResult> Refuse(GenerationStatus status, string error, string? code, IReadOnlyList<int> prompt) =>
        Task.FromResult(new GenerationResult { Status = status, Error = error, ErrorCode = code, PromptTokens = prompt.Count, Replica = Index });

    /// <summary>Moves a life's state, unless another life or a kill came in between.</summary>
    private bool TryMove(ReplicaLife life, ReplicaState from, ReplicaState to)
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
}
