using ChaosBench.Engine.Loops;

namespace ChaosBench.Engine.Targets.Http;

/// <summary>
/// Plain bytes to and from one peer, over TCP alone or over TLS:
/// <code>
/// addresses, one after another -> TCP -> (TLS, if asked for) -> bytes both ways
/// </code>
/// Once closed it says nothing more.
/// </summary>
internal sealed class Line(EventLoop loop, ILineUser user, SecureClient? secure) : ILoopHandler
{
    private SocketEndpoint[] _endpoints = [];
    private int _attempt;
    private LoopSocket? _socket;
    private TlsLink? _tls;
    private bool _isOpen;

    /// <summary>Where it goes, or would go.</summary>
    public string Peer => _endpoints[Math.Min(_attempt, _endpoints.Length - 1)].Text;

    public bool IsQuiet => _socket!.IsQuiet;

    /// <summary>Tries the host's addresses, beginning with the first.</summary>
    /// <returns>0; or errno, when no attempt could be made.</returns>
    public int Open(SocketEndpoint[] endpoints)
    {
        (_endpoints, _attempt) = (endpoints, 0);
        return Connect();
    }

    /// <returns>Bytes that were taken; 0 or less: the user hears of room, or that the line is broken.</returns>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        if (_tls is { } tls)
        {
            return SendSecured(tls, bytes);
        }

        var sent = _socket!.Send(bytes);
        if (sent < 0)
        {
            Stuck(-sent);
        }
        else
        {
            _socket.AwaitRoom(false);
        }

        return sent;
    }

    public void Receive()
    {
        if (_socket is not { } socket)
        {
            return;
        }

        var received = socket.Receive();
        if (received is -Posix.EAgain or -Posix.EIntr)
        {
            return;
        }

        // Before anything is decrypted or read.
        var stamp = user.Stamp();
        if (_tls is { } tls)
        {
            ReceiveSecured(tls, received, stamp);
        }
        else if (received > 0)
        {
            user.OnBytes(Received(received), stamp);
        }
        else if (received == 0)
        {
            user.OnEnd(null);
        }
        else
        {
            user.OnBroken(Posix.Describe(-received));
        }
    }

    public void OnReady(uint events)
    {
        if (_socket is { IsConnecting: true } socket)
        {
            Connected(socket, socket.PendingError);
            return;
        }

        if ((events & Posix.Out) != 0 && _socket is { AwaitsRoom: true })
        {
            Flush();
        }

        if ((events & ~Posix.Out) != 0)
        {
            Receive();
        }
    }

    public void Close()
    {
        _socket?.Close();
        _socket = null;
        if (_isOpen)
        {
            _tls?.Close();
        }
        else
        {
            // Who shakes hands elsewhere finds the stream at its end, and closes it then.
            _tls?.Feed(default);
        }

        (_tls, _isOpen) = (null, false);
    }

    private unsafe ReadOnlySpan<byte> Received(int count) => new(loop.ReceiveBuffer, count);

    private int Connect()
    {
        var error = 0;
        for (; _attempt < _endpoints.Length; _attempt++)
        {
            var socket = new LoopSocket(loop, this);
            error = socket.Connect(_endpoints[_attempt]);
            if (error == 0)
            {
                _socket = socket;
                return 0;
            }
        }

        return error;
    }

    private void Connected(LoopSocket socket, int error)
    {
        if (error == 0)
        {
            socket.Connected();
            if (secure is null)
            {
                _isOpen = true;
                user.OnOpened(_attempt);
            }
            else
            {
                _tls = new TlsLink(FlushFromAnywhere);
                _ = SecureAsync(secure, _tls);
            }

            return;
        }

        var refused = Peer;
        socket.Close();
        _socket = null;
        _attempt++;
        _ = Connect();
        if (_socket is null)
        {
            user.OnNotOpened(HttpFailure.Connect, $"{Posix.Describe(error)} ({refused})");
        }
    }

    private async Task SecureAsync(SecureClient client, TlsLink tls)
    {
        var problem = await tls.ShakeHandsAsync(client.Options).ConfigureAwait(false);
        loop.Post(() =>
        {
            if (!ReferenceEquals(tls, _tls))
            {
                tls.Close();
                return;
            }

            _isOpen = true;
            if (problem is null)
            {
                user.OnOpened(_attempt);
                if (ReferenceEquals(tls, _tls))
                {
                    // The peer may have said more than belongs to the handshake.
                    ReadSecured(tls, user.Stamp());
                }
            }
            else
            {
                user.OnNotOpened(HttpFailure.Tls, problem);
            }
        });
    }

    /// <summary>Piece by piece, so that no more than a record waits for room.</summary>
    private int SendSecured(TlsLink tls, ReadOnlySpan<byte> bytes)
    {
        if (!Flush())
        {
            return 0;
        }

        var piece = bytes[..Math.Min(bytes.Length, TlsLink.RecordBytes)];
        if (!tls.Write(piece))
        {
            user.OnBrokenSend(tls.Problem!);
            return 0;
        }

        Flush();
        return piece.Length;
    }

    private void ReceiveSecured(TlsLink tls, int received, long stamp)
    {
        if (received < 0 && _isOpen)
        {
            user.OnBroken(Posix.Describe(-received));
            return;
        }

        tls.Feed(received > 0 ? Received(received) : default);
        if (_isOpen)
        {
            ReadSecured(tls, stamp);
        }
    }

    /// <summary>All that one receive brought goes on in one piece: what lies behind a reply must be seen with it.</summary>
    private void ReadSecured(TlsLink tls, long stamp)
    {
        var plain = secure!.Plain;
        var filled = 0;
        int? count = null;
        while (filled < plain.Length && (count = tls.Read(plain.AsMemory(filled))) > 0)
        {
            filled += count.Value;
        }

        // TLS itself may have had to answer.
        Flush();
        if (filled > 0)
        {
            user.OnBytes(plain.AsSpan(0, filled), stamp);
        }

        if (count == 0 && ReferenceEquals(tls, _tls))
        {
            user.OnEnd(tls.Problem);
        }
    }

    private void FlushFromAnywhere()
    {
        if (!loop.IsCurrent)
        {
            loop.Post(() => Flush());
        }
    }

    /// <summary>The kernel has room, or there is something new to send.</summary>
    /// <returns>True when nothing waits any more.</returns>
    private bool Flush()
    {
        if (_socket is not { } socket)
        {
            return false;
        }

        var error = _tls?.Flush(socket) ?? 0;
        if (error != 0)
        {
            Stuck(error);
            return false;
        }

        if (socket.AwaitsRoom)
        {
            socket.AwaitRoom(false);
            user.OnRoom();
        }

        return true;
    }

    private void Stuck(int error)
    {
        if (error is Posix.EAgain or Posix.EIntr)
        {
            _socket!.AwaitRoom(true);
        }
        else if (_tls is { } tls && !_isOpen)
        {
            // Whoever shakes hands says how that ended.
            tls.Feed(default);
        }
        else
        {
            user.OnBrokenSend(Posix.Describe(error));
        }
    }
}
