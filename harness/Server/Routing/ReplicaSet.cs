using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server.Routing;

/// <summary>The life of the replicas: started and warmed up, probed, killed, replaced; the router learns of each turn.</summary>
internal sealed class ReplicaSet : IAsyncDisposable
{
    private readonly Func<int, IReplica> _create;
    private readonly Func<IReplica, CancellationToken, Task> _warmUp;
    private readonly Router _router;
    private readonly Action<ServerEvent> _announce;
    private readonly Life[] _lives;
    private readonly CancellationTokenSource _stopping = new();
    private Task _probing = Task.CompletedTask;

    /// <param name="warmUp">Run on every new replica before it serves; throws when the replica does not work.</param>
    public ReplicaSet(
        int count, Func<int, IReplica> create, Func<IReplica, CancellationToken, Task> warmUp, Router router,
        Action<ServerEvent> announce)
    {
        _create = create;
        _warmUp = warmUp;
        _router = router;
        _announce = announce;
        _lives = [.. Enumerable.Range(0, count).Select(_ => new Life())];
    }

    public int Count => _lives.Length;

    /// <summary>Starting until the first life of a replica is ready.</summary>
    public ReplicaState StateOf(int replica) => _lives[replica].Seat?.Replica.State ?? ReplicaState.Starting;

    /// <summary>The present life of a replica; null until the first one serves.</summary>
    public IReplica? Find(int replica) => _lives[replica].Seat?.Replica;

    /// <summary>Starts all of them side by side, then the probe. Throws the first failure.</summary>
    public async Task StartAsync(TimeProvider time, TimeSpan probeInterval, CancellationToken cancellation)
    {
        await Task.WhenAll(Enumerable.Range(0, Count).Select(index => ReplaceAsync(index, cancellation))).ConfigureAwait(false);
        _probing = ProbeAsync(new PeriodicTimer(probeInterval, time));
    }

    /// <summary>The replica stops at once. Nobody is told: finding out is the router's and the probe's work.</summary>
    public Task KillAsync(int replica, CancellationToken cancellation)
    {
        var seat = _lives[replica].Seat;
        return seat is null ? Task.CompletedTask : Task.Run(seat.Replica.Kill, cancellation);
    }

    /// <summary>Returns when a new life of the replica is ready and warmed up. A replica that serves is left alone.</summary>
    public async Task RestartAsync(int replica, CancellationToken cancellation)
    {
        var life = _lives[replica];
        await life.Turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (life.Seat is { } seat)
            {
                if (seat.Replica.State == ReplicaState.Ready)
                {
                    return;
                }

                ReportLost(seat, requestId: null);
                await seat.Replica.DisposeAsync().ConfigureAwait(false);
            }

            await ReplaceAsync(replica, cancellation).ConfigureAwait(false);
        }
        finally
        {
            life.Turn.Release();
        }
    }

    /// <summary>Somebody found this life of a replica dead, or silent. Told once, whoever finds it first.</summary>
    public void ReportLost(Seat seat, string? requestId)
    {
        if (_router.Eject(seat))
        {
            var finder = requestId is null ? "found by the probe" : "found by a request";
            var kind = seat.Replica.State == ReplicaState.Ready ? ServerEventKind.ReplicaUnresponsive : ServerEventKind.ReplicaLost;
            _announce(new ServerEvent(kind, seat.Index, requestId, finder));
            _announce(new ServerEvent(ServerEventKind.Ejected, seat.Index));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _probing.ConfigureAwait(false);
        foreach (var life in _lives)
        {
            if (life.Seat is { } seat)
            {
                _router.Eject(seat);
                await seat.Replica.DisposeAsync().ConfigureAwait(false);
            }

            life.Turn.Dispose();
        }

        _stopping.Dispose();
    }

    private async Task ReplaceAsync(int index, CancellationToken cancellation)
    {
        _router.Expect(index);
        var replica = _create(index);
        try
        {
            await replica.StartAsync(cancellation).ConfigureAwait(false);
            await _warmUp(replica, cancellation).ConfigureAwait(false);
        }
        catch
        {
            _router.GiveUp(index);
            await replica.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        _announce(new ServerEvent(ServerEventKind.ReplicaReady, index));
        _lives[index].Seat = _router.Readmit(replica);
        _announce(new ServerEvent(ServerEventKind.Readmitted, index));
    }

    private async Task ProbeAsync(PeriodicTimer timer)
    {
        using (timer)
        {
            try
            {
                while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
                {
                    foreach (var life in _lives)
                    {
                        if (life.Seat is { } seat)
                        {
                            Probe(seat);
                        }
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // The set is being disposed.
            }
        }
    }

    private void Probe(Seat seat)
    {
        if (seat.Replica is not { State: ReplicaState.Ready, Responsive: true })
        {
            ReportLost(seat, requestId: null);
        }
        else if (_router.Readmit(seat))
        {
            // It was silent, and has found its voice again.
            _announce(new ServerEvent(ServerEventKind.Readmitted, seat.Index));
        }
    }

    private sealed class Life
    {
        private volatile Seat? _seat;

        /// <summary>One restart at a time.</summary>
        public SemaphoreSlim Turn { get; } = new(1);

        public Seat? Seat
        {
            get => _seat;
            set => _seat = value;
        }
    }
}
