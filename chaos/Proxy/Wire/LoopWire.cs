using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace ChaosBench.Chaos.Proxy.Wire;

/// <summary>
/// A plain TCP connection watched by a loop. What is there is taken at once; otherwise the loop's thread completes the wait when it comes.
/// Waiting allocates nothing. Any thread may call; as everywhere, one reader and one writer at a time.
/// </summary>
internal sealed class LoopWire : PeerWire, IValueTaskSource<int>, IValueTaskSource
{
    /// <summary>Reads in a row that found bytes at once; after so many the other connections have their turn.</summary>
    private const int LongestTurn = 16;

    private const string IsGone = "the connection was closed by the proxy";

    private static readonly LingerOption BreakAtOnce = new(enable: true, 0);

    private readonly WireLoop _loop;
    private readonly Socket _socket;
    private readonly int _descriptor;
    private readonly Lock _guard = new(); // guards all below, and the descriptor's life

    private ManualResetValueTaskSourceCore<int> _received;
    private Memory<byte> _into;
    private bool _isReceiving;

    private ManualResetValueTaskSourceCore<int> _sent;
    private ReadOnlyMemory<byte> _rest;
    private bool _isSending;

    /// <summary>There may be something to read. Edges tell of changes only, so what they told is kept until a read finds nothing more.</summary>
    private bool _isReadable = true;

    /// <summary>The peer has ended or broken it: no further edge will tell.</summary>
    private bool _hasEnded;

    private bool _isConnecting;
    private int _turn;
    private bool _isClosed;

    /// <exception cref="IOException">The loop has ended.</exception>
    public LoopWire(WireLoop loop, Socket socket)
        : this(loop, socket, isConnecting: false)
    {
        _socket.NoDelay = true;
    }

    private LoopWire(WireLoop loop, Socket socket, bool isConnecting)
    {
        (_loop, _socket, _isConnecting, _isSending) = (loop, socket, isConnecting, isConnecting);
        _descriptor = (int)socket.SafeHandle.DangerousGetHandle();
        loop.Register(this, _descriptor);
    }

    public WireLoop Loop => _loop;

    /// <summary>The loop's name for it.</summary>
    public long Key { get; set; }

    /// <exception cref="IOException">No connection; the message says why.</exception>
    public static async Task<LoopWire> ConnectAsync(WireLoop loop, IPEndPoint address, CancellationToken cancellation)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        var name = address.Serialize();
        var error = Epoll.StartConnect((int)socket.SafeHandle.DangerousGetHandle(), name.Buffer.Span[..name.Size]);
        if (error is not (0 or Epoll.EInProgress))
        {
            socket.Dispose();
            throw new IOException(Epoll.Describe(error));
        }

        LoopWire wire;
        try
        {
            wire = new LoopWire(loop, socket, isConnecting: true);
        }
        catch (IOException)
        {
            socket.Dispose();
            throw;
        }

        using var giveUp = cancellation.UnsafeRegister(static wire => ((LoopWire)wire!).Dispose(), wire);
        try
        {
            await new ValueTask(wire, wire._sent.Version).ConfigureAwait(false);
            return wire;
        }
        catch (IOException)
        {
            wire.Dispose();
            throw;
        }
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        lock (_guard)
        {
            ThrowIfClosed();
            if (_isReadable && (++_turn <= LongestTurn || !_loop.IsCurrent) && TryReceive(buffer.Span) is var count and >= 0)
            {
                return ValueTask.FromResult(count);
            }

            if (_isReadable)
            {
                _loop.Again(this);
            }

            (_into, _isReceiving) = (buffer, true);
            _received.Reset();
            return new ValueTask<int>(this, _received.Version);
        }
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        lock (_guard)
        {
            ThrowIfClosed();
            if (TrySend(ref bytes))
            {
                return ValueTask.CompletedTask;
            }

            (_rest, _isSending) = (bytes, true);
            _sent.Reset();
            return new ValueTask(this, _sent.Version);
        }
    }

    public override void EndSending()
    {
        lock (_guard)
        {
            try
            {
                if (!_isClosed)
                {
                    _socket.Shutdown(SocketShutdown.Send);
                }
            }
            catch (SocketException)
            {
                // The peer was faster.
            }
        }
    }

    public override void Abort() => Close(isAbrupt: true);

    /// <summary>Something has changed; called by the loop's thread.</summary>
    /// <param name="events">epoll's bits; 0: its turn has come again.</param>
    public void OnReady(uint events)
    {
        WaitEnd receive, send;
        lock (_guard)
        {
            if (_isClosed)
            {
                return;
            }

            _turn = 0;
            _isReadable |= (events & ~Epoll.Out) != 0;
            _hasEnded |= (events & (Epoll.PeerClosed | Epoll.HangUp | Epoll.Error)) != 0;
            receive = _isReceiving && _isReadable ? Receive() : default;
            send = _isSending && (events & ~Epoll.In) != 0 ? Send() : default;
        }

        // Outside the lock: what waits goes on in here.
        receive.Tell(ref _received);
        send.Tell(ref _sent);
    }

    int IValueTaskSource<int>.GetResult(short token) => _received.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _received.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _received.OnCompleted(continuation, state, token, flags);

    void IValueTaskSource.GetResult(short token) => _sent.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _sent.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _sent.OnCompleted(continuation, state, token, flags);

    protected override void Dispose(bool disposing) => Close(isAbrupt: false);

    private void ThrowIfClosed()
    {
        if (_isClosed)
        {
            throw new IOException(IsGone);
        }
    }

    /// <returns>Bytes taken, 0 at the end; -1: nothing there now.</returns>
    /// <exception cref="IOException">The connection is gone.</exception>
    private int TryReceive(Span<byte> into)
    {
        while (true)
        {
            var count = Epoll.Receive(_descriptor, into);
            if (count >= 0)
            {
                // Fewer than there was room for: the kernel has no more, and the next edge tells when it has.
                _isReadable = count == into.Length || _hasEnded;
                return count;
            }

            if (count == -Epoll.EAgain)
            {
                _isReadable = false;
                return -1;
            }

            if (count != -Epoll.EIntr)
            {
                throw new IOException(Epoll.Describe(-count));
            }
        }
    }

    /// <returns>All of it is with the kernel.</returns>
    /// <exception cref="IOException">The connection is gone.</exception>
    private bool TrySend(ref ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var count = Epoll.Send(_descriptor, bytes.Span);
            if (count == -Epoll.EAgain)
            {
                return false;
            }

            if (count < 0 && count != -Epoll.EIntr)
            {
                throw new IOException(Epoll.Describe(-count));
            }

            bytes = bytes[Math.Max(0, count)..];
        }

        return true;
    }

    private WaitEnd Receive()
    {
        try
        {
            var count = TryReceive(_into.Span);
            if (count < 0)
            {
                return default;
            }

            (_into, _isReceiving) = (default, false);
            return new WaitEnd(true, count, null);
        }
        catch (IOException broken)
        {
            (_into, _isReceiving) = (default, false);
            return new WaitEnd(true, 0, broken);
        }
    }

    private WaitEnd Send()
    {
        try
        {
            if (_isConnecting && Epoll.PendingErrorOf(_descriptor) is var error and not 0)
            {
                throw new IOException(Epoll.Describe(error));
            }

            if (!TrySend(ref _rest))
            {
                return default;
            }

            (_isConnecting, _isSending) = (false, false);
            return new WaitEnd(true, 0, null);
        }
        catch (IOException broken)
        {
            (_rest, _isSending) = (default, false);
            return new WaitEnd(true, 0, broken);
        }
    }

    private void Close(bool isAbrupt)
    {
        bool wasReceiving, wasSending;
        lock (_guard)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            _loop.Unregister(this, _descriptor);
            if (isAbrupt)
            {
                Linger();
            }

            _socket.Dispose();
            (wasReceiving, wasSending) = (_isReceiving, _isSending);
            (_isReceiving, _isSending, _into, _rest) = (false, false, default, default);
        }

        // Whoever waits is told elsewhere: it may be in the middle of what called this.
        if (wasReceiving)
        {
            _received.RunContinuationsAsynchronously = true;
            _received.SetException(new IOException(IsGone));
        }

        if (wasSending)
        {
            _sent.RunContinuationsAsynchronously = true;
            _sent.SetException(new IOException(IsGone));
        }
    }

    /// <summary>Closing with no time to linger is what makes the kernel send RST instead of FIN.</summary>
    private void Linger()
    {
        try
        {
            _socket.LingerState = BreakAtOnce;
        }
        catch (SocketException)
        {
            // The peer was faster.
        }
    }
}
