using System.Net.Security;

namespace ChaosBench.Chaos.Proxy.Wire;

/// <summary>TLS over a TCP connection, for an https upstream. Its certificate is checked as any client's would be.</summary>
internal sealed class TlsWire(SocketWire socket, SslStream stream) : PeerWire
{
    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer) => Guarded(() => stream.ReadAsync(buffer));

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await stream.WriteAsync(bytes).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is ObjectDisposedException or InvalidOperationException)
        {
            throw new IOException(gone.Message, gone);
        }
    }

    public override void EndSending() => socket.EndSending();

    public override void Abort() => socket.Abort();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
            socket.Dispose();
        }
    }

    private static async ValueTask<int> Guarded(Func<ValueTask<int>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is ObjectDisposedException or InvalidOperationException)
        {
            throw new IOException(gone.Message, gone);
        }
    }
}
