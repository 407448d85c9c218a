namespace ChaosBench.Chaos.Proxy.Wire;

/// <summary>Bytes to and from one peer. One reader and one writer at a time.</summary>
internal abstract class PeerWire : IDisposable
{
    /// <returns>0 when the peer has said that it sends no more.</returns>
    /// <exception cref="IOException">The connection is gone.</exception>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>All of it.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Says that no more bytes follow (FIN). Harmless on a connection that is gone.</summary>
    public abstract void EndSending();

    /// <summary>Breaks the connection (RST), whatever is still under way.</summary>
    public abstract void Abort();

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
