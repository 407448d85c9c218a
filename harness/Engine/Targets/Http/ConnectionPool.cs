using ChaosBench.Engine.Loops;

namespace ChaosBench.Engine.Targets.Http;

/// <summary>How many connections a pool may hold and how long it waits.</summary>
/// <param name="MaxOpen">Connections in all; what finds none free waits in order, and its wait is the generator's lateness.</param>
/// <param name="MaxConnecting">Attempts at a time: a burst does not overrun the server's queue of new connections.</param>
internal sealed record PoolLimits(int MaxOpen, int MaxConnecting, TimeSpan Connect)
{
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(1);
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Before another try when this machine had no port or descriptor left.</summary>
    public TimeSpan Relief { get; init; } = TimeSpan.FromMilliseconds(100);
}

/// <summary>The connections of one loop to one host. The one used last is used first, so that surplus ones grow old and go.</summary>
internal sealed class ConnectionPool : IDeadlined, IDisposable
{
    private readonly EventLoop _loop;
    private readonly HostEndpoints _host;
    private readonly PoolLimits _limits;
    private readonly SecureClient? _secure;
    private readonly List<Connection> _idle = [];
    private readonly HashSet<Connection> _all = [];
    private readonly LinkedList<HttpExchange> _waiting = new();
    private readonly DeadlineList _relief;
    private readonly DeadlineNode _relieved;
    private SocketEndpoint[] _endpoints = [];
    private SocketEndpoint[] _resolved = [];
    private int _connecting;
    private bool _exhausted;
    private bool _disposed;

    /// <param name="secure">Null: without TLS.</param>
    public ConnectionPool(EventLoop loop, HostEndpoints host, PoolLimits limits, SecureClient? secure = null)
    {
        (_loop, _host, _limits, _secure) = (loop, host, limits, secure);
        ConnectDeadlines = loop.Deadlines(limits.Connect);
        DrainDeadlines = loop.Deadlines(limits.Drain);
        IdleDeadlines = loop.Deadlines(limits.Idle);
        _relief = loop.Deadlines(limits.Relief);
        _relieved = new DeadlineNode(this);
    }

    public DeadlineList ConnectDeadlines { get; }
    public DeadlineList DrainDeadlines { get; }
    public DeadlineList IdleDeadlines { get; }

    /// <summary>Connections in any stage.</summary>
    public int Open => _all.Count;

    public int Waiting => _waiting.Count;

    /// <summary>Sends it now, or as soon as there is a connection. It hears of its end later, never inside this call.</summary>
    public void Start(HttpExchange exchange)
    {
        while (_idle.Count > 0)
        {
            var connection = _idle[^1];
            RemoveIdle(connection);
            if (connection.IsUsable)
            {
                connection.Begin(exchange);
                return;
            }

            connection.Close();
        }

        _waiting.AddLast(exchange.Place);
        ServeWaiting();
    }

    public static void Cancel(HttpExchange exchange)
    {
        if (exchange.Connection is { } connection)
        {
            connection.Abandon();
        }
        else
        {
            exchange.Place.List?.Remove(exchange.Place);
        }
    }

    /// <summary>Closes what is open. What is under way is cancelled by its owners before.</summary>
    public void Dispose()
    {
        _disposed = true;
        _relieved.Cancel();
        _waiting.Clear();
        foreach (var connection in _all.ToArray())
        {
            connection.Abandon();
        }
    }

    public void OnDeadline()
    {
        _exhausted = false;
        ServeWaiting();
    }

    internal void OnConnected(int attempt)
    {
        _connecting--;
        if (attempt > 0 && attempt < _endpoints.Length)
        {
            // The address that answers is tried first from now on.
            _endpoints = [_endpoints[attempt], .. _endpoints.Where((_, at) => at != attempt)];
        }

        ServeWaiting();
    }

    internal void OnIdle(Connection connection)
    {
        if (_waiting.First is { } next && !_disposed)
        {
            _waiting.RemoveFirst();
            connection.Begin(next.Value);
            return;
        }

        connection.IdleIndex = _idle.Count;
        _idle.Add(connection);
        connection.Rest();
    }

    internal void OnClosed(Connection connection, bool wasConnecting)
    {
        _all.Remove(connection);
        if (connection.IdleIndex >= 0)
        {
            RemoveIdle(connection);
        }

        if (wasConnecting)
        {
            _connecting--;
        }

        if (_waiting.Count > 0 && !_disposed)
        {
            // Its caller is in the middle of something.
            _loop.Defer(ServeWaiting);
        }
    }

    private void ServeWaiting()
    {
        while (_waiting.First is { } next && !_disposed && !_exhausted && _all.Count < _limits.MaxOpen && _connecting < _limits.MaxConnecting)
        {
            _waiting.RemoveFirst();
            if (!TryOpen(next.Value))
            {
                return;
            }
        }
    }

    /// <returns>False when this machine has nothing left to connect with; the exchange then waits on.</returns>
    private bool TryOpen(HttpExchange exchange)
    {
        var endpoints = Endpoints();
        if (endpoints.Length == 0)
        {
            exchange.OnSent(exchange.Stamp());
            FailLater(exchange, HttpFailure.Connect, _host.Failure);
            return true;
        }

        var connection = new Connection(this, _loop, _secure);
        var error = connection.Open(endpoints, exchange);
        if (error == 0)
        {
            _all.Add(connection);
            _connecting++;
            return true;
        }

        if (error is not (Posix.EAddrNotAvail or Posix.EMFile or Posix.ENFile or Posix.ENoMem or Posix.ENoBufs))
        {
            exchange.OnSent(exchange.Stamp());
            FailLater(exchange, HttpFailure.Connect, $"{Posix.Describe(error)} ({endpoints[^1].Text})");
            return true;
        }

        _loop.Counters.Failed();
        if (_all.Count == 0)
        {
            FailLater(exchange, HttpFailure.LocalLimit, Posix.Describe(error));
            return true;
        }

        _exhausted = true;
        _waiting.AddFirst(exchange.Place);
        _relief.Add(_relieved);
        return false;
    }

    private void FailLater(HttpExchange exchange, HttpFailure failure, string detail)
    {
        // In the queue again meanwhile, so that a cancellation finds it.
        var place = exchange.Place;
        var failing = new LinkedList<HttpExchange>();
        failing.AddLast(place);
        _loop.Defer(() =>
        {
            if (place.List == failing)
            {
                failing.Remove(place);
                exchange.OnFailure(failure, detail);
            }
        });
    }

    private SocketEndpoint[] Endpoints()
    {
        var known = _host.Known;
        if (!ReferenceEquals(known, _resolved))
        {
            (_resolved, _endpoints) = (known, known);
        }

        return _endpoints;
    }

    private void RemoveIdle(Connection connection)
    {
        var last = _idle[^1];
        _idle[connection.IdleIndex] = last;
        last.IdleIndex = connection.IdleIndex;
        _idle.RemoveAt(_idle.Count - 1);
        connection.IdleIndex = -1;
    }
}
