using System.Threading.Channels;
using ChaosBench.Server.Models;
using ChaosBench.Server.Sampling;

namespace ChaosBench.Server.Scheduling;

/// <summary>One session, one cache, one thread, from start to loss.</summary>
/// <param name="tryMove">Moves the replica's state from one to another, unless this life is no longer the replica's.</param>
internal sealed class ReplicaLife(
    ModelFolder model, ReplicaOptions options, int replica, LoopPulse pulse, Func<ReplicaLife, ReplicaState, ReplicaState, bool> tryMove)
    : ILife
{
    private readonly Channel<Generation> _arrivals = Channel.CreateUnbounded<Generation>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Guards _loop, _runner and _stopped: a life may be stopped while they are made or disposed.
    private readonly Lock _lock = new();
    private BatchLoop? _loop;
    private IDecoderRunner? _runner;
    private bool _stopped;

    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when this life serves no more.</summary>
    public Task Lost => _lost.Task;

    public bool Responsive => pulse.Moves(options.StepLimit);

    /// <summary>Completes when the first steps are done, or when the life was stopped before.</summary>
    public Task StartAsync()
    {
        new Thread(Run) { IsBackground = true, Name = $"replica {replica}" }.Start();
        return _started.Task;
    }

    /// <summary>False when this life is over; the generation is then the caller's to end.</summary>
    public bool Accept(Generation generation)
    {
        pulse.Owe();
        return _arrivals.Writer.TryWrite(generation);
    }

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

        _lost.TrySetResult();
        _arrivals.Writer.TryComplete();
    }

    /// <summary>Completes when session and cache are freed.</summary>
    public async ValueTask DisposeAsync()
    {
        Stop();
        await _ended.Task.ConfigureAwait(false);
    }

    private void Run()
    {
        var reason = $"replica {replica} was lost";
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

        if (!tryMove(this, ReplicaState.Starting, ReplicaState.Lost))
        {
            tryMove(this, ReplicaState.Ready, ReplicaState.Lost);
        }

        End(reason);
        _ended.SetResult();
    }

    private void Serve()
    {
        var runner = model.CreateRunner(options);
        var loop = new BatchLoop(runner, _arrivals.Reader, model.EndTokens, new SamplerScratch(model.Vocabulary), new PrefixShelf(runner, options.KeptPrefixes))
        {
            Pulse = pulse,
        };
        lock (_lock)
        {
            (_runner, _loop) = (runner, loop);
            loop.Stopped = _stopped;
        }

        if (tryMove(this, ReplicaState.Starting, ReplicaState.Ready))
        {
            _started.TrySetResult();
            loop.Run();
        }
    }

    /// <summary>The session goes first, so that whoever hears of the loss finds the memory freed.</summary>
    private void End(string reason)
    {
        _lost.TrySetResult();
        _arrivals.Writer.TryComplete();
        lock (_lock)
        {
            _runner?.Dispose();
            _runner = null;
        }

        foreach (var generation in _loop?.Unfinished() ?? [])
        {
            generation.End(GenerationStatus.ReplicaLost, reason);
        }
    }
}
