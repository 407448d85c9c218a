namespace ChaosBench.Engine.Targets.Http;

/// <summary>
/// One request and its reply, on the loop's thread. Exactly one of <see cref="OnEnd"/> and <see cref="OnFailure"/> ends it, unless
/// it is cancelled. May be used again after that.
/// </summary>
internal abstract class HttpExchange
{
    protected HttpExchange() => Place = new LinkedListNode<HttpExchange>(this);

    /// <summary>What of the request has not gone out.</summary>
    public abstract ReadOnlySpan<byte> Unsent { get; }

    /// <summary>In the pool's queue.</summary>
    internal LinkedListNode<HttpExchange> Place { get; }

    /// <summary>That carries it now.</summary>
    internal Connection? Connection { get; set; }

    /// <summary>The instant now, taken as soon as bytes arrive.</summary>
    public abstract long Stamp();

    /// <summary>At <paramref name="stamp"/> it had its connection, or began to make one.</summary>
    public abstract void OnSent(long stamp);

    public abstract void OnBytesSent(int count);

    /// <summary>Status line and headers are complete; <paramref name="head"/> is valid until the reply ends.</summary>
    /// <returns>False when the body does not matter; as for <see cref="OnBody"/>.</returns>
    public abstract bool OnHead(ReplyHead head);

    /// <summary>A piece of the body without its framing, received at <paramref name="stamp"/>.</summary>
    /// <returns>False when enough was heard: the rest is read and dropped, and <see cref="OnEnd"/> follows at once.</returns>
    public abstract bool OnBody(ReadOnlySpan<byte> bytes, long stamp);

    /// <summary>The body is complete, or enough of it was heard.</summary>
    public abstract void OnEnd();

    /// <param name="detail">What went wrong, without what it means; never bytes of the reply.</param>
    public abstract void OnFailure(HttpFailure failure, string detail);
}

/// <summary>How a request can fail without an answer to it.</summary>
internal enum HttpFailure
{
    /// <summary>No connection.</summary>
    Connect,

    /// <summary>This machine has no port, descriptor or memory left for a connection: nothing was sent.</summary>
    LocalLimit,

    /// <summary>No secure connection: the peer is not who it should be, or would not shake hands.</summary>
    Tls,

    /// <summary>The connection broke, or ended before a status line and its headers were there.</summary>
    Reset,

    /// <summary>The body ended early.</summary>
    Truncated,

    /// <summary>The reply is no HTTP/1.1, or larger than allowed.</summary>
    Protocol,
}
