using System.Net;
using System.Net.Sockets;

namespace ChaosBench.Chaos.Proxy.Wire;

/// <summary>
/// The listening socket, which can be shut so that the kernel refuses new connections. While it is shut the address stays bound: no
/// other process can take the port, and no client can connect to itself by chance.
/// </summary>
internal sealed class Door : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _guard = new(); // guards the four below
    private Socket _socket;
    private bool _isShut;

    /// <summary>The socket is bound, so that the port is ours.</summary>
    private bool _isHeld = true;
    private TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <exception cref="IOException">The address cannot be listened on; the message says what to do.</exception>
    public Door(IPEndPoint address)
    {
        try
        {
            _socket = Bound(address);
            _socket.Listen();
        }
        catch (SocketException problem)
        {
            var remedy = problem.SocketErrorCode == SocketError.AddressAlreadyInUse
                ? "another process has it; choose another port, or port 0 for any free one"
                : "choose an address of this machine, such as 127.0.0.1, and a port of 1024 or above";
            throw new IOException($"{address} cannot be listened on ({problem.SocketErrorCode}): {remedy}.", problem);
        }

        Address = (IPEndPoint)_socket.LocalEndPoint!;
    }

    public IPEndPoint Address { get; }

    public bool IsShut
    {
        get
        {
            lock (_guard)
            {
                return _isShut;
            }
        }
    }

    /// <summary>The next connection; waits while the door is shut.</summary>
    public async Task<Socket> AcceptAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var (socket, opened) = Current();
            if (socket is null)
            {
                await opened.WaitAsync(cancellation).ConfigureAwait(false);
                continue;
            }

            try
            {
                return await socket.AcceptAsync(cancellation).ConfigureAwait(false);
            }
            catch (Exception shut) when (shut is SocketException or ObjectDisposedException && !ReferenceEquals(Current().Socket, socket))
            {
                // Shut, or shut and opened again, while waiting.
            }
        }
    }

    public void Shut()
    {
        lock (_guard)
        {
            if (!_isShut)
            {
                _isShut = true;
                _opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _socket.Dispose();
                Hold();
            }
        }
    }

    public void Open()
    {
        lock (_guard)
        {
            if (_isShut)
            {
                if (!_isHeld)
                {
                    Hold();
                }

                _socket.Listen();
                _isShut = false;
                _opened.TrySetResult();
            }
        }
    }

    public void Dispose()
    {
        lock (_guard)
        {
            _socket.Dispose();
            _opened.TrySetCanceled();
        }
    }

    /// <summary>The kernel may need a moment to let go of the socket that was closed.</summary>
    private void Hold()
    {
        _isHeld = false;
        SocketException? last = null;
        if (!SpinWait.SpinUntil(TryHold, Patience))
        {
            throw new IOException($"{Address} could not be held while it refuses connections: {last?.Message}", last);
        }

        _isHeld = true;

        bool TryHold()
        {
            try
            {
                _socket = Bound(Address);
                return true;
            }
            catch (SocketException busy)
            {
                last = busy;
                return false;
            }
        }
    }

    private static Socket Bound(IPEndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(address);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private (Socket? Socket, Task Opened) Current()
    {
        lock (_guard)
        {
            return (_isShut ? null : _socket, _opened.Task);
        }
    }
}
