using System.Threading.Channels;
using ChaosBench.Server.Models;
using ChaosBench.Server.Sampling;

namespace ChaosBench.Server.Scheduling;

/// <summary>A copy of the model on a thread of its own. Each start is a fresh <see cref="Life"/>; killing it takes nothing else along.</summary>
internal sealed class Replica : IReplica
{
    private readonly ModelFolder _model;
    private readonly ReplicaOptions _options;

    // Guards _life and _state: starting, killing and losing may come from different threads.
    private readonly Lock _lock = new();
    private Life? _life;
    private ReplicaState _state = ReplicaState.Stopped;
    private int _outstanding;

    public Replica(ModelFolder model, int index, ReplicaOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Slots, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PrefillChunk, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxQueue);
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
        Life? old;
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
        var life = new Life(this);
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
        Life? life;
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
            return Refuse(GenerationStatus.Overloaded, $"replica {Index} has no free slot and {_options.MaxQueue:N0} requests waiting", "queue_full", promptTokens);
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
        Life? life;
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
    private bool TryMove(Life life, ReplicaState from, ReplicaState to)
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

    /// <summary>One session, one cache, one thread, from start to loss.</summary>
    private sealed class Life(Replica replica)
    {
        private readonly Channel<Generation> _arrivals = Channel.CreateUnbounded<Generation>(
            new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // Guards _loop and _runner against being stopped while they are made or disposed.
        private readonly Lock _lock = new();
        private BatchLoop? _loop;
        private DecoderRunner? _runner;
        private bool _stopped;

        /// <summary>Completes when session and cache are freed.</summary>
        public Task Ended => _ended.Task;

        public Task StartAsync()
        {
            new Thread(Run) { IsBackground = true, Name = $"replica {replica.Index}" }.Start();
            return _started.Task;
        }

        public bool Accept(Generation generation) => _arrivals.Writer.TryWrite(generation);

        /// <summary>Breaks off the running step; the thread then ends what is outstanding.</summary>
        public void Stop()
        {
            lock (_lock)
            {
                _stopped = true;
                if (_loop is not null)
                {
                    _loop.Stopped = true;
                }

                _runner?.Terminate();
            }

            _arrivals.Writer.TryComplete();
        }

        private void Run()
        {
            var reason = $"replica {replica.Index} was lost";
            try
            {
                Serve();
                _started.TrySetResult();
            }
            catch (Exception e)
            {
                // The thread's last stop: a model that does not load is told to whoever started it, anything else loses the replica.
                if (!_started.TrySetException(e) && !Volatile.Read(ref _stopped))
                {
                    reason += $" ({e.GetType().Name}: {SessionFactory.FirstLine(e.Message)})";
                }
            }

            replica.TryMove(this, ReplicaState.Starting, ReplicaState.Lost);
            replica.TryMove(this, ReplicaState.Ready, ReplicaState.Lost);
            EndAll(reason);
            _ended.SetResult();
        }

        private void Serve()
        {
            var runner = replica._model.CreateRunner(replica._options);
            var loop = new BatchLoop(runner, _arrivals.Reader, replica._model.EndTokens, new SamplerScratch(replica._model.Vocabulary));
            lock (_lock)
            {
                (_runner, _loop) = (runner, loop);
                loop.Stopped = _stopped;
            }

            if (replica.TryMove(this, ReplicaState.Starting, ReplicaState.Ready))
            {
                _started.TrySetResult();
                loop.Run();
            }
        }

        private void EndAll(string reason)
        {
            _arrivals.Writer.TryComplete();
            var unfinished = _loop?.Unfinished() ?? [];
            lock (_lock)
            {
                _runner?.Dispose();
                _runner = null;
            }

            foreach (var generation in unfinished)
            {
                generation.End(GenerationStatus.ReplicaLost, reason);
            }

            while (_arrivals.Reader.TryRead(out var late))
            {
                late.End(GenerationStatus.ReplicaLost, reason);
            }
        }
    }
}
