using ChaosBench.Engine.Loops;
using ChaosBench.Scenarios;

namespace ChaosBench.Engine.Targets.Http;

/// <summary>
/// One connection of a pool:
/// <code>
/// Connecting -> Busy -> Idle -> Busy ...      Draining: its exchange has heard enough, the rest of the reply goes by
///                 \-> Draining -> Idle        every stage -> Closed
/// </code>
/// </summary>
internal sealed class Connection(ConnectionPool pool, EventLoop loop) : ILoopHandler, IDeadlined
{
    /// <summary>More than this behind what was of interest is not read for the sake of the connection.</summary>
    private const int MaxDrainBytes = 64 * 1024;

    /// <summary>A connection that lay idle for longer may have been closed without our having looked.</summary>
    private const long TrustedNanos = Nanos.PerMillisecond;

    private readonly HttpReader _reader = new();
    private DeadlineNode? _deadline;
    private HttpExchange? _exchange;
    private Stage _stage = Stage.Closed;
    private SocketEndpoint[] _endpoints = [];
    private int _attempt;
    private int _descriptor = -1;
    private int _slot;
    private int _drained;
    private long _idleSince;
    private bool _awaitsRoom;

    private enum Stage
    {
        Closed,
        Connecting,
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
        (_endpoints, _attempt) = (endpoints, 0);
        var stamp = exchange.Stamp();
        var error = Connect();
        if (error == 0)
        {
            Take(exchange, stamp);
            _stage = Stage.Connecting;
            _deadline ??= new DeadlineNode(this);
            pool.ConnectDeadlines.Add(_deadline);
        }

        return error;
    }

    /// <summary>False when the server has closed it, or said something unasked.</summary>
    public bool IsUsable(long now) => now - _idleSince < TrustedNanos || Posix.IsQuiet(_descriptor);

    public void Begin(HttpExchange exchange)
    {
        _deadline?.Cancel();
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

    public void OnReady(uint events)
    {
        if (_stage == Stage.Connecting)
        {
            Connected(Posix.PendingErrorOf(_descriptor));
            return;
        }

        if ((events & Posix.Out) != 0 && _awaitsRoom)
        {
            Send();
        }

        if (_stage != Stage.Closed && (events & ~Posix.Out) != 0)
        {
            Receive();
        }
    }

    public void OnDeadline()
    {
        if (_stage == Stage.Connecting)
        {
            Fail(HttpFailure.Connect, $"no answer from {_endpoints[_attempt].Text} in time");
        }
        else
        {
            Close();
        }
    }

    public void Close()
    {
        if (_stage == Stage.Closed)
        {
            return;
        }

        var wasConnecting = _stage == Stage.Connecting;
        _stage = Stage.Closed;
        _deadline?.Cancel();
        _reader.Release();
        CloseDescriptor();
        pool.OnClosed(this, wasConnecting);
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

    /// <summary>Tries the host's addresses from the current one on.</summary>
    private int Connect()
    {
        var error = 0;
        for (; _attempt < _endpoints.Length; _attempt++)
        {
            var endpoint = _endpoints[_attempt];
            _descriptor = Posix.OpenSocket(endpoint.Family);
            if (_descriptor < 0)
            {
                error = -_descriptor;
                continue;
            }

            error = Posix.StartConnect(_descriptor, endpoint.Address);
            if (error is 0 or Posix.EInProgress)
            {
                _slot = loop.Register(_descriptor, Posix.In | Posix.Out | Posix.PeerClosed, this);
                return 0;
            }

            _ = Posix.Close(_descriptor);
            _descriptor = -1;
        }

        _attempt = _endpoints.Length - 1;
        return error;
    }

    private void Connected(int error)
    {
        if (error == 0)
        {
            _deadline!.Cancel();
            loop.Change(_slot, _descriptor, Posix.In | Posix.PeerClosed);
            _stage = Stage.Busy;
            pool.OnConnected(_attempt);
            Send();
            return;
        }

        CloseDescriptor();
        var refused = _endpoints[_attempt];
        _attempt++;
        _ = Connect();
        if (_descriptor < 0)
        {
            Fail(HttpFailure.Connect, $"{Posix.Describe(error)} ({refused.Text})");
        }
    }

    private void Send()
    {
        var exchange = _exchange!;
        while (exchange.Unsent is { IsEmpty: false } unsent)
        {
            var sent = Posix.Send(_descriptor, unsent);
            if (sent < 0)
            {
                if (sent is -Posix.EAgain or -Posix.EIntr)
                {
                    AwaitRoom(true);
                }
                else
                {
                    BreakLater(exchange, -sent);
                }

                return;
            }

            exchange.OnBytesSent(sent);
        }

        AwaitRoom(false);
    }

    private void AwaitRoom(bool awaits)
    {
        if (_awaitsRoom != awaits)
        {
            _awaitsRoom = awaits;
            loop.Change(_slot, _descriptor, Posix.In | Posix.PeerClosed | (awaits ? Posix.Out : 0));
        }
    }

    /// <summary>
    /// Its caller is still at it. And what refuses the rest of a request may have answered the beginning. A method of its own,
    /// because a closure is made where its variables begin.
    /// </summary>
    private void BreakLater(HttpExchange exchange, int error) => loop.Defer(() => AfterBrokenSend(exchange, error));

    private void AfterBrokenSend(HttpExchange exchange, int error)
    {
        if (ReferenceEquals(_exchange, exchange))
        {
            Receive();
        }

        if (ReferenceEquals(_exchange, exchange))
        {
            Fail(HttpFailure.Reset, Posix.Describe(error));
        }
    }

    private unsafe void Receive()
    {
        var received = Posix.Receive(_descriptor, loop.ReceiveBuffer, EventLoop.ReceiveBytes);
        loop.Counters.Received();
        if (received > 0)
        {
            Read(new ReadOnlySpan<byte>(loop.ReceiveBuffer, received));
        }
        else if (received is not (-Posix.EAgain or -Posix.EIntr))
        {
            Ended(-received);
        }
    }

    private void Read(ReadOnlySpan<byte> bytes)
    {
        if (_stage == Stage.Idle)
        {
            Close();
            return;
        }

        if (_stage == Stage.Busy && _reader.Feed(ref bytes, _exchange!, _exchange!.Stamp()) && !_reader.IsComplete)
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

    /// <summary>What becomes of the connection now that nobody listens to the reply any more.</summary>
    private void Settle(bool wasSent, bool nothingBehind)
    {
        if (_reader.IsComplete && _reader.KeepsAlive && wasSent && nothingBehind)
        {
            _stage = Stage.Idle;
            _idleSince = loop.Clock.Now;
            _deadline?.Cancel();
            pool.OnIdle(this);
        }
        else if (_reader.IsComplete || _reader.Problem is not null || !wasSent || _drained > MaxDrainBytes)
        {
            Close();
        }
        else if (_stage != Stage.Draining)
        {
            _stage = Stage.Draining;
            pool.DrainDeadlines.Add(_deadline ??= new DeadlineNode(this));
        }
    }

    /// <summary>Waits for work; the pool calls this when it has none.</summary>
    internal void Rest() => pool.IdleDeadlines.Add(_deadline ??= new DeadlineNode(this));

    /// <param name="error">0 at the end of the stream.</param>
    private void Ended(int error)
    {
        if (_stage != Stage.Busy)
        {
            Close();
        }
        else if (error != 0)
        {
            Fail(HttpFailure.Reset, Posix.Describe(error));
        }
        else if (_reader.AtEnd() is { } early)
        {
            Fail(early, "the server closed the connection");
        }
        else
        {
            var heard = Detach()!;
            Close();
            heard.OnEnd();
        }
    }

    private void Fail(HttpFailure failure, string detail)
    {
        var failed = Detach();
        Close();
        failed?.OnFailure(failure, detail);
    }

    private void CloseDescriptor()
    {
        if (_descriptor >= 0)
        {
            loop.Unregister(_slot, _descriptor);
            _ = Posix.Close(_descriptor);
            _descriptor = -1;
        }
    }
}
