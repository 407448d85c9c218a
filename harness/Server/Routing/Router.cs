using ChaosBench.Server.Scheduling;

namespace ChaosBench.Server.Routing;

/// <summary>
/// Least outstanding first, over the replicas in rotation; what finds no free place waits in one bounded queue, in order.
/// <code>
/// TryAdmit > [context store, tokenizer] > SeatAsync > replica > (lost before it streamed: Unseat > SeatAsync, at the front)
///    |                                       |
/// queue full: overloaded                 no replica left: null
/// </code>
/// The router decides from what it knows, not from the replicas' own word: a lost replica stays in rotation until a request on
/// it or the probe finds out.
/// </summary>
internal sealed class Router
{
    private readonly int _placesPerReplica;
    private readonly int _queueLimit;

    // Guards everything below and Seat.Outstanding. Held for a few steps, never over a wait.
    private readonly Lock _lock = new();
    private readonly Seat?[] _rotation;
    private readonly bool[] _starting;
    private readonly LinkedList<Waiter> _queue = new();
    private int _waiting;
    private int _lastPicked = -1;

    /// <param name="placesPerReplica">Requests that one replica serves at the same time.</param>
    /// <param name="queueLimit">Admitted requests that may wait beyond the free places.</param>
    public Router(int replicas, int placesPerReplica, int queueLimit)
    {
        _placesPerReplica = placesPerReplica;
        _queueLimit = queueLimit;
        _rotation = new Seat?[replicas];
        _starting = new bool[replicas];
    }

    /// <summary>Admitted and not on a replica: in the queue, at the context store or in the tokenizer.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting;
            }
        }
    }

    public bool InRotation(int replica)
    {
        lock (_lock)
        {
            return _rotation[replica] is not null;
        }
    }

    public int OutstandingOf(int replica)
    {
        lock (_lock)
        {
            return _rotation[replica]?.Outstanding ?? 0;
        }
    }

    /// <summary>Null when as many wait as may wait. Dispose the ticket when the request is over, whatever came of it.</summary>
    public Ticket? TryAdmit()
    {
        lock (_lock)
        {
            if (_waiting >= _queueLimit + FreePlaces())
            {
                return null;
            }

            _waiting++;
            return new Ticket(this);
        }
    }

    /// <summary>The replica is being started: requests may wait for it.</summary>
    public void Expect(int replica)
    {
        lock (_lock)
        {
            _starting[replica] = true;
        }
    }

    /// <summary>Puts a started replica into rotation.</summary>
    public Seat Readmit(IReplica replica)
    {
        var seat = new Seat(replica);
        lock (_lock)
        {
            _starting[replica.Index] = false;
            _rotation[replica.Index] = seat;
            SeatWaiters();
        }

        return seat;
    }

    /// <summary>Puts a life that was taken out back into rotation. False when it is in, or another one is on its way.</summary>
    public bool Readmit(Seat seat)
    {
        lock (_lock)
        {
            if (_starting[seat.Index] || _rotation[seat.Index] is not null)
            {
                return false;
            }

            _rotation[seat.Index] = seat;
            SeatWaiters();
            return true;
        }
    }

    /// <summary>Takes one life of a replica out of rotation. False when it was out already.</summary>
    /// <param name="comesBack">Requests may wait for its next life, as after <see cref="Expect"/>.</param>
    public bool Eject(Seat seat, bool comesBack)
    {
        lock (_lock)
        {
            if (_rotation[seat.Index] != seat)
            {
                return false;
            }

            _rotation[seat.Index] = null;
            _starting[seat.Index] |= comesBack;
            DismissWaitersWithoutHope();
            return true;
        }
    }

    /// <summary>
    /// Takes one life out of rotation to be followed by the next, for which requests may wait. Completes when nothing sits on it; null
    /// when it was out already.
    /// </summary>
    public Task? TryDrain(Seat seat)
    {
        lock (_lock)
        {
            if (_rotation[seat.Index] != seat)
            {
                return null;
            }

            _rotation[seat.Index] = null;
            _starting[seat.Index] = true;
            if (seat.Outstanding == 0)
            {
                return Task.CompletedTask;
            }

            seat.Emptied = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return seat.Emptied.Task;
        }
    }

    /// <summary>The replica could not be started.</summary>
    public void GiveUp(int replica)
    {
        lock (_lock)
        {
            _starting[replica] = false;
            DismissWaitersWithoutHope();
        }
    }

    /// <summary>A place on the least loaded replica, as soon as there is one; null when no replica serves or is about to.</summary>
    internal async ValueTask<Seat?> SeatAsync(bool atFront, CancellationToken cancellation)
    {
        Waiter waiter;
        lock (_lock)
        {
            if (_queue.Count == 0 && Pick() is { } seat)
            {
                Take(seat);
                return seat;
            }

            if (Hopeless())
            {
                return null;
            }

            waiter = new Waiter();
            waiter.Node = atFront ? _queue.AddFirst(waiter) : _queue.AddLast(waiter);
        }

        using (cancellation.Register(() => Withdraw(waiter, cancellation)))
        {
            return await waiter.Task.ConfigureAwait(false);
        }
    }

    private void Withdraw(Waiter waiter, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (waiter.Node.List is null)
            {
                return;
            }

            _queue.Remove(waiter.Node);
        }

        waiter.TrySetCanceled(cancellation);
    }

    /// <summary>The request gives its place up, if it has one, to wait again or for good.</summary>
    internal void Leave(Seat? seat, bool stillWaiting)
    {
        lock (_lock)
        {
            if (seat is null)
            {
                _waiting -= stillWaiting ? 0 : 1;
                return;
            }

            if (--seat.Outstanding == 0)
            {
                seat.Emptied?.TrySetResult();
            }

            _waiting += stillWaiting ? 1 : 0;
            SeatWaiters();
        }
    }

    // Everything below runs under the lock.

    private void SeatWaiters()
    {
        while (_queue.First is { } first && Pick() is { } seat)
        {
            _queue.RemoveFirst();
            Take(seat);
            first.Value.TrySetResult(seat);
        }
    }

    private void DismissWaitersWithoutHope()
    {
        while (Hopeless() && _queue.First is { } first)
        {
            _queue.RemoveFirst();
            first.Value.TrySetResult(null);
        }
    }

    private void Take(Seat seat)
    {
        seat.Outstanding++;
        _waiting--;
        _lastPicked = seat.Index;
    }

    /// <summary>The least loaded seat with a free place; among equals the next one after the last pick, so that idle replicas take turns.</summary>
    private Seat? Pick()
    {
        Seat? best = null;
        for (var step = 1; step <= _rotation.Length; step++)
        {
            var seat = _rotation[(_lastPicked + step) % _rotation.Length];
            if (seat is not null && seat.Outstanding < _placesPerReplica && (best is null || seat.Outstanding < best.Outstanding))
            {
                best = seat;
            }
        }

        return best;
    }

    private int FreePlaces() => _rotation.Sum(seat => seat is null ? 0 : Math.Max(0, _placesPerReplica - seat.Outstanding));

    private bool Hopeless() => Array.TrueForAll(_rotation, seat => seat is null) && !_starting.Contains(true);

    /// <summary>Continues elsewhere, so that completing it under the lock is safe.</summary>
    private sealed class Waiter() : TaskCompletionSource<Seat?>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public LinkedListNode<Waiter> Node { get; set; } = null!;
    }
}
