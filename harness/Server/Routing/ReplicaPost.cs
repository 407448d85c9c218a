using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server.Routing;

/// <summary>
/// The place of one replica in a server: its present life, the one that is being started, and what was ordered for it. An order
/// wins over the supervisor: what was killed by order stays down until it is restarted by order.
/// </summary>
internal sealed class ReplicaPost(int index, RestartPolicy policy) : IDisposable
{
    // Guards the four below it.
    private readonly Lock _lock = new();
    private Seat? _seat;
    private IReplica? _coming;
    private bool _held;
    private bool _watched;

    private volatile bool _frozen;
    private volatile bool _givenUp;
    private int _restarts;
    private int _inHand;

    public int Index => index;

    /// <summary>One restart at a time.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    public RestartHistory History { get; } = new(policy, index);

    /// <summary>The last life that served; null until the first one does.</summary>
    public Seat? Seat
    {
        get
        {
            lock (_lock)
            {
                return _seat;
            }
        }
    }

    /// <summary>Killed by order.</summary>
    public bool Held
    {
        get
        {
            lock (_lock)
            {
                return _held;
            }
        }
    }

    /// <summary>Held still by order; its silence is no failure.</summary>
    public bool Frozen
    {
        get => _frozen;
        set => _frozen = value;
    }

    /// <summary>The supervisor restarts it no more.</summary>
    public bool GivenUp
    {
        get => _givenUp;
        set => _givenUp = value;
    }

    /// <summary>It is being restarted by order, so that its loss on the way is no news.</summary>
    public bool InHand => Volatile.Read(ref _inHand) > 0;

    /// <summary>Probes in a row that found its life ready and silent. For the probe.</summary>
    public int SilentProbes { get; set; }

    /// <summary>Restarts by the supervisor that ended well.</summary>
    public int Restarts => Volatile.Read(ref _restarts);

    public void CountRestart() => Interlocked.Increment(ref _restarts);

    /// <summary>Waits for the turn to restart it by order; dispose what comes back when that is over.</summary>
    public async Task<IDisposable> TakeInHandAsync(CancellationToken cancellation)
    {
        Interlocked.Increment(ref _inHand);
        try
        {
            await Turn.WaitAsync(cancellation).ConfigureAwait(false);
        }
        catch
        {
            Interlocked.Decrement(ref _inHand);
            throw;
        }

        return new Hand(this);
    }

    /// <summary>Killed by order from now on; returns the lives that this concerns.</summary>
    public IReadOnlyList<IReplica> Hold()
    {
        lock (_lock)
        {
            _held = true;
            return [.. _seat is null ? [] : (IReplica[])[_seat.Replica], .. _coming is null ? [] : (IReplica[])[_coming]];
        }
    }

    /// <summary>The order to kill is over.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _held = false;
        }
    }

    /// <summary>False when it is killed by order: the new life must not begin.</summary>
    public bool TryBegin(IReplica coming)
    {
        lock (_lock)
        {
            _coming = _held ? null : coming;
            return !_held;
        }
    }

    /// <summary>The new life serves, or has failed (null) and leaves the old one's seat as it was.</summary>
    public void Arrived(Seat? seat)
    {
        lock (_lock)
        {
            (_seat, _coming) = (seat ?? _seat, null);
        }
    }

    /// <summary>True for the one who is to bring it back.</summary>
    public bool TryWatch(Seat lost)
    {
        lock (_lock)
        {
            var free = !_watched && !_held && _seat == lost;
            _watched |= free;
            return free;
        }
    }

    public void Unwatch()
    {
        lock (_lock)
        {
            _watched = false;
        }
    }

    public void Dispose() => Turn.Dispose();

    private sealed class Hand(ReplicaPost post) : IDisposable
    {
        public void Dispose()
        {
            Interlocked.Decrement(ref post._inHand);
            post.Turn.Release();
        }
    }
}
