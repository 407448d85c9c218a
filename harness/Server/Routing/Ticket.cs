namespace ChaosBench.Server.Routing;

/// <summary>A request's right to be served: it waits, sits on a replica, or has left.</summary>
internal sealed class Ticket(Router router) : IDisposable
{
    private Seat? _seat;
    private bool _left;

    /// <summary>Completes with null when no replica serves or is about to. <paramref name="again"/>: it has sat before and goes to the front.</summary>
    public async ValueTask<Seat?> SeatAsync(bool again, CancellationToken cancellation)
    {
        _seat = await router.SeatAsync(again, cancellation).ConfigureAwait(false);
        return _seat;
    }

    /// <summary>Gives the place back and waits again.</summary>
    public void Unseat()
    {
        router.Leave(_seat, stillWaiting: true);
        _seat = null;
    }

    public void Dispose()
    {
        if (!_left)
        {
            _left = true;
            router.Leave(_seat, stillWaiting: false);
        }
    }
}
