using System.Net.Sockets;

namespace ChaosBench.Chaos.Proxy.Wire;

/// <summary>A plain TCP connection. Small writes go out at once, each as a segment of its own.</summary>
internal sealed class SocketWire : PeerWire
{
    private static readonly LingerOption BreakAtOnce = new(enable: true, 0);
    private readonly Socket _socket;

    public SocketWire(Socket socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
    }

    public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, SocketFlags.None, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            throw new IOException(gone.Message, gone);
        }
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                var sent = await _socket.SendAsync(bytes, SocketFlags.None, CancellationToken.None).ConfigureAwait(false);
                bytes = bytes[sent..];
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            throw new IOException(gone.Message, gone);
        }
    }

    public override void EndSending()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The peer was faster.
        }
    }

    public override void Abort()
    {
        try
        {
            // Closing with no time to linger is what makes the kernel send RST instead of FIN.
            _socket.LingerState = BreakAtOnce;
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The peer was faster.
        }

        _socket.Dispose();
    }

    protected override void Dispose(bool disposing) => _socket.Dispose();
}
