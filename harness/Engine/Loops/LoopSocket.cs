using ChaosBench.Engine.Targets.Http;

namespace ChaosBench.Engine.Loops;

/// <summary>A TCP socket that never blocks, watched by one loop on behalf of its owner. Errors are errno.</summary>
internal sealed class LoopSocket(EventLoop loop, ILoopHandler owner)
{
    private const uint Incoming = Posix.In | Posix.PeerClosed;

    private int _descriptor = -1;
    private int _slot;

    public bool IsConnecting { get; private set; }

    /// <summary>The kernel's buffer was full; the owner is told when there is room again.</summary>
    public bool AwaitsRoom { get; private set; }

    /// <summary>True while the peer has neither said anything nor gone.</summary>
    public bool IsQuiet => Posix.IsQuiet(_descriptor);

    /// <summary>How a connection attempt went; 0 when it succeeded.</summary>
    public int PendingError => Posix.PendingErrorOf(_descriptor);

    /// <summary>Begins to connect to one address.</summary>
    /// <returns>0 when an attempt is under way: the owner is told of its end.</returns>
    public int Connect(SocketEndpoint endpoint)
    {
        var descriptor = Posix.OpenSocket(endpoint.Family);
        if (descriptor < 0)
        {
            return -descriptor;
        }

        var error = Posix.StartConnect(descriptor, endpoint.Address);
        if (error is not (0 or Posix.EInProgress))
        {
            _ = Posix.Close(descriptor);
            return error;
        }

        (_descriptor, IsConnecting) = (descriptor, true);
        _slot = loop.Register(_descriptor, Incoming | Posix.Out, owner);
        return 0;
    }

    /// <summary>The attempt succeeded: from now on what comes in is of interest.</summary>
    public void Connected()
    {
        IsConnecting = false;
        loop.Change(_slot, _descriptor, Incoming);
    }

    /// <summary>Bytes sent, or minus errno.</summary>
    public int Send(ReadOnlySpan<byte> bytes) => Posix.Send(_descriptor, bytes);

    public void AwaitRoom(bool awaits)
    {
        if (AwaitsRoom != awaits)
        {
            AwaitsRoom = awaits;
            loop.Change(_slot, _descriptor, Incoming | (awaits ? Posix.Out : 0));
        }
    }

    /// <summary>Bytes received into the loop's buffer, 0 at the end of the stream, or minus errno.</summary>
    public unsafe int Receive()
    {
        var received = Posix.Receive(_descriptor, loop.ReceiveBuffer, EventLoop.ReceiveBytes);
        loop.Counters.Received();
        return received;
    }

    public void Close()
    {
        if (_descriptor >= 0)
        {
            loop.Unregister(_slot, _descriptor);
            _ = Posix.Close(_descriptor);
            _descriptor = -1;
        }
    }
}
