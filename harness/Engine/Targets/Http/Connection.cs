using ChaosBench.Engine.Loops;
using ChaosBench.Scenarios;

namespace ChaosBench.Engine.Targets.Http;

/// <summary>
/// One connection of a pool:
/// <code>
/// Opening -> Busy -> Idle -> Busy ...      Draining: its exchange has heard enough, the rest of the reply goes by
///              \-> Draining -> Idle        every stage -> Closed
/// </code>
/// </summary>
internal sealed class Connection : ILineUser, IDeadlined
{
    /// <summary>More than this behind what was of interest is not read for the sake of the connection.</summary>
    private const int MaxDrainBytes = 64 * 1024;

    /// <summary>A connection that lay idle for longer may have been closed without our having looked.</summary>
    private const long TrustedNanos = Nanos.PerMillisecond;

    private readonly ConnectionPool _pool;
    private readonly EventLoop _loop;
    private readonly Line _line;
    private readonly HttpReader _reader = new();
    private readonly DeadlineNode _deadline;
    private HttpExchange? _exchange;
    private Stage _stage = Stage.Closed;
    private int _drained;
    private long _idleSince;

    public Connection(ConnectionPool pool, EventLoop loop, SecureClient? secure)
    {
        (_pool, _loop) = (pool, loop);
        _line = new Line(loop, this, secure);
        _deadline = new DeadlineNode(this);
    }

    private enum Stage
    {
        Closed,
        Opening,
        Busy,
        Draining,
        Idle,
    }

    /// <summary>Place in the pool's list of idle connections.</summary>
    internal int IdleIndex { get; set; } = -1;

    /// <summary>Begins to connect for <paramref name="exchange"/>.</summary>
    /// <returns>0; or errno, when no attempt could be made and the exchange was not told of anything.</returns>
    public int Open(SocketEndpoint[] endpoints, HttpExchange exchange)
    {
        var stamp = exchange.Stamp();
        var error = _line.Open(endpoints);
        if (error == 0)
        {
            Take(exchange, stamp);
            _stage = Stage.Opening;
            _pool.ConnectDeadlines.Add(_deadline);
        }

        return error;
    }

    /// <summary>False when the server has closed it, or said something unasked.</summary>
    public bool IsUsable => _loop.Lately - _idleSince < TrustedNanos || _line.IsQuiet;

    public void Begin(HttpExchange exchange)
    {
        _deadline.Cancel();
        Take(exchange, exchange.Stamp());
        _stage = Stage.Busy;
        Send();
    }

    /// <summary>Its exchange is not interested any more.</summary>
    public void Abandon()
    {
        Detach();
        Close();
    }

    public void OnDeadline()
    {
        if (_stage == Stage.Opening)
        {
            Fail(HttpFailure.Connect, $"no answer from {_line.Peer} in time");
        }
        else
        {
            Close();
        }
    }

    public void OnOpened(int attempt)
    {
        _deadline.Cancel();
        _stage = Stage.Busy;
        _pool.OnConnected(attempt);
        Send();
    }

    public void OnNotOpened(HttpFailure failure, string detail) => Fail(failure, detail);

    public void OnRoom()
    {
        if (_stage == Stage.Busy)
        {
            Send();
        }
    }

    /// <summary>
    /// Our caller may still be at it. And what refuses the rest of a request may have answered the beginning. A method of its own,
    /// because a closure is made where its variables begin.
    /// </summary>
    public void OnBrokenSend(string detail)
    {
        if (_exchange is { } exchange)
        {
            _loop.Defer(() => AfterBrokenSend(exchange, detail));
        }
    }

    public long Stamp() => _exchange?.Stamp() ?? 0;

    public void Close()
    {
        if (_stage == Stage.Closed)
        {
            return;
        }

        var wasOpening = _stage == Stage.Opening;
        _stage = Stage.Closed;
        _deadline.Cancel();
        _reader.Release();
        _line.Close();
        _pool.OnClosed(this, wasOpening);
    }

    public void OnBytes(ReadOnlySpan<byte> bytes, long stamp)
    {
        if (_stage == Stage.Idle)
        {
            Close();
            return;
        }

        if (_stage == Stage.Busy && _reader.Feed(ref bytes, _exchange!, stamp) && !_reader.IsComplete)
        {
            if (_reader.Problem is { } problem)
            {
                Fail(HttpFailure.Protocol, problem);
            }

            return;
        }

        var heard = Detach();
        _drained = bytes.Length + (heard is null ? _drained : 0);

        _reader.Feed(ref bytes, null, 0);
        Settle(heard is null || heard.Unsent.IsEmpty, bytes.IsEmpty);
        heard?.OnEnd();
    }

    public void OnEnd(string? problem)
    {
        if (_stage != Stage.Busy)
        {
            Close();
        }
        else if (_reader.AtEnd() is { } early)
        {
            Fail(early, problem ?? "the server closed the connection");
        }
        else if (problem is not null)
        {
            Fail(HttpFailure.Truncated, problem);
        }
        else
        {
            var heard = Detach()!;
            Close();
            heard.OnEnd();
        }
    }

    public void OnBroken(string detail)
    {
        if (_stage == Stage.Busy)
        {
            Fail(HttpFailure.Reset, detail);
        }
        else
        {
            Close();
        }
    }

    /// <summary>Waits for work; the pool calls this when it has none.</summary>
    internal void Rest()
    {
        _idleSince = _loop.Lately;
        _pool.IdleDeadlines.Add(_deadline, _idleSince);
    }

    private void Take(HttpExchange exchange, long stamp)
    {
        _exchange = exchange;
        exchange.Connection = this;
        _reader.Reset();
        exchange.OnSent(stamp);
    }

    private HttpExchange? Detach()
    {
        var exchange = _exchange;
        _exchange = null;
        if (exchange is not null)
        {
            exchange.Connection = null;
        }

        return exchange;
    }

    private void Send()
    {
        var exchange = _exchange!;
        while (exchange.Unsent is { IsEmpty: false } unsent)
        {
            var sent = _line.Send(unsent);
            if (sent <= 0)
            {
                return;
            }

            exchange.OnBytesSent(sent);
        }
    }

    private void AfterBrokenSend(HttpExchange exchange, string detail)
    {
        if (ReferenceEquals(_exchange, exchange))
        {
            _line.Receive();
        }

        if (ReferenceEquals(_exchange, exchange))
        {
            Fail(HttpFailure.Reset, detail);
        }
    }

    /// <summary>What becomes of the connection now that nobody listens to the reply any more.</summary>
    private void Settle(bool wasSent, bool nothingBehind)
    {
        if (_reader.IsComplete && _reader.KeepsAlive && wasSent && nothingBehind)
        {
            _stage = Stage.Idle;
            _deadline.Cancel();
            _pool.OnIdle(this);
        }
        else if (_reader.IsComplete || _reader.Problem is not null || !wasSent || _drained > MaxDrainBytes)
        {
            Close();
        }
        else if (_stage != Stage.Draining)
        {
            _stage = Stage.Draining;
            _pool.DrainDeadlines.Add(_deadline);
        }
    }

    private void Fail(HttpFailure failure, string detail)
    {
        var failed = Detach();
        Close();
        failed?.OnFailure(failure, detail);
    }
}
