using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server.Routing;

/// <summary>How replicas are watched.</summary>
/// <param name="ProbeInterval">How often each is asked whether it lives.</param>
/// <param name="DrainLimit">Longest wait for the requests of a replica that a rolling restart is about to end.</param>
internal sealed record WatchOptions(TimeSpan ProbeInterval, RestartPolicy Restarts, TimeSpan DrainLimit);

/// <summary>The replicas of a server: started and warmed up, probed, killed, replaced; the router learns of each turn.</summary>
internal sealed class ReplicaSet : IAsyncDisposable
{
    private readonly ReplicaStarter _starter;
    private readonly Supervisor _supervisor;
    private readonly Router _router;
    private readonly Action<ServerEvent> _announce;
    private readonly TimeProvider _time;
    private readonly WatchOptions _options;
    private readonly ReplicaPost[] _posts;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _rolling = new(1);
    private Task _probing = Task.CompletedTask;

    public ReplicaSet(int count, ReplicaStarter starter, Router router, Action<ServerEvent> announce, WatchOptions options, TimeProvider time)
    {
        _starter = starter;
        _router = router;
        _announce = announce;
        _time = time;
        _options = options;
        _supervisor = new Supervisor(options.Restarts, starter, router, announce, time);
        _posts = [.. Enumerable.Range(0, count).Select(index => new ReplicaPost(index, options.Restarts))];
    }

    public int Count => _posts.Length;

    /// <summary>Starting until the first life of a replica is ready.</summary>
    public ReplicaStatus StatusOf(int replica) => new(
        replica, _posts[replica].Seat?.Replica.State ?? ReplicaState.Starting, _router.InRotation(replica), _router.OutstandingOf(replica))
    {
        Restarts = _posts[replica].Restarts, GivenUp = _posts[replica].GivenUp,
    };

    /// <summary>The present life of a replica; null until the first one serves.</summary>
    public IReplica? Find(int replica) => _posts[replica].Seat?.Replica;

    /// <summary>Starts all of them side by side, then the probe. Throws the first failure.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        await Task.WhenAll(_posts.Select(post => ReplaceAsync(post, cancellation))).ConfigureAwait(false);
        _probing = ProbeAsync(new PeriodicTimer(_options.ProbeInterval, _time));
    }

    /// <summary>The replica stops at once and stays down. Nobody is told: finding out is the router's and the probe's work.</summary>
    public Task KillAsync(int replica, CancellationToken cancellation)
    {
        var lives = _posts[replica].Hold();
        return Task.Run(() => lives.ToList().ForEach(life => life.Kill()), cancellation);
    }

    /// <summary>
    /// Gives the requests on a replica so long to end; new ones go to the others, or wait. It is out of rotation afterwards: kill it and
    /// restart it.
    /// </summary>
    public async Task DrainAsync(int replica, TimeSpan limit, CancellationToken cancellation)
    {
        if (_posts[replica].Seat is not { } seat || _router.TryDrain(seat) is not { } drained)
        {
            return;
        }

        try
        {
            await drained.WaitAsync(limit, _time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // They have had their time.
        }
        catch (OperationCanceledException)
        {
            _router.GiveUp(replica);
            _router.Readmit(seat);
            throw;
        }
    }

    /// <summary>Its silence is by order from now on, or no longer.</summary>
    public void SetFrozen(int replica, bool frozen) => _posts[replica].Frozen = frozen;

    /// <summary>
    /// Returns when a new life of the replica is ready and warmed up, or when it was killed again meanwhile. A replica that serves is
    /// left alone.
    /// </summary>
    public async Task RestartAsync(int replica, CancellationToken cancellation)
    {
        var post = _posts[replica];
        var hand = post.TakeInHandAsync(cancellation);
        post.Release();
        using (await hand.ConfigureAwait(false))
        {
            if (post.Seat is { } seat)
            {
                if (seat.Replica.State == ReplicaState.Ready)
                {
                    return;
                }

                Eject(seat, requestId: null, comesBack: true);
            }

            post.History.Forget();
            await ReplaceAsync(post, cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc cref="RollingRestart.RunAsync"/>
    public async Task RestartRollingAsync(CancellationToken cancellation)
    {
        await _rolling.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var restart = new RollingRestart(_posts, _router, ReplaceAsync, _announce, _options, _time);
            await restart.RunAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _rolling.Release();
        }
    }

    /// <summary>Somebody found this life of a replica dead, or silent. Told once, whoever finds it first.</summary>
    public void ReportLost(Seat seat, string? requestId)
    {
        var post = _posts[seat.Index];
        var lost = seat.Replica.State != ReplicaState.Ready && post.Seat == seat;
        Eject(seat, requestId, comesBack: lost && _supervisor.BringsBack(post));
        if (lost)
        {
            _supervisor.Lost(post, seat);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _probing.ConfigureAwait(false);
        await _supervisor.DisposeAsync().ConfigureAwait(false);
        foreach (var post in _posts)
        {
            if (post.Seat is { } seat)
            {
                _router.Eject(seat, comesBack: false);
                await EndAsync(seat).ConfigureAwait(false);
            }

            post.Dispose();
        }

        _rolling.Dispose();
        _stopping.Dispose();
    }

    private async Task EndAsync(Seat seat)
    {
        try
        {
            await _starter.EndAsync(seat.Replica).ConfigureAwait(false);
        }
        catch (ReplicaStuckException)
        {
            // Its thread is a background one, its process dies with this one: the end of the program frees what it holds.
        }
    }

    private async Task<bool> ReplaceAsync(ReplicaPost post, CancellationToken cancellation)
    {
        var serves = false;
        try
        {
            serves = await _starter.ReplaceAsync(post, cancellation).ConfigureAwait(false);
            return serves;
        }
        finally
        {
            if (!serves)
            {
                _router.GiveUp(post.Index);
            }
        }
    }

    private void Eject(Seat seat, string? requestId, bool comesBack)
    {
        if (_router.Eject(seat, comesBack))
        {
            var finder = requestId is null ? "found by the probe" : "found by a request";
            var kind = seat.Replica.State == ReplicaState.Ready ? ServerEventKind.ReplicaUnresponsive : ServerEventKind.ReplicaLost;
            if (kind == ServerEventKind.ReplicaUnresponsive)
            {
                seat.FallSilent();
            }

            _announce(new ServerEvent(kind, seat.Index, requestId, finder));
            _announce(new ServerEvent(ServerEventKind.Ejected, seat.Index));
        }
    }

    private async Task ProbeAsync(PeriodicTimer timer)
    {
        using (timer)
        {
            try
            {
                while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
                {
                    foreach (var post in _posts)
                    {
                        if (post.Seat is { } seat)
                        {
                            Probe(post, seat);
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

    private void Probe(ReplicaPost post, Seat seat)
    {
        var ready = seat.Replica.State == ReplicaState.Ready;
        if (ready && seat.Replica.Responsive)
        {
            post.SilentProbes = 0;
            if (!_router.InRotation(seat.Index))
            {
                // Before anybody is sent to it.
                seat.Speak();
            }

            if (_router.Readmit(seat))
            {
                _announce(new ServerEvent(ServerEventKind.Readmitted, seat.Index));
            }

            return;
        }

        ReportLost(seat, requestId: null);
        if (post.Held && !ready)
        {
            _router.GiveUp(post.Index);
        }

        // Probes instead of time: when this process itself stood still, nothing is held against the replica.
        if (ready && !post.Frozen && !post.Held && ++post.SilentProbes * _options.ProbeInterval >= _options.Restarts.SilenceLimit
            && _options.Restarts.Budget > 0)
        {
            post.SilentProbes = 0;
            seat.Replica.Kill();
        }
    }
}
