using ChaosBench.Chaos.Proxy.Http;

namespace ChaosBench.Chaos.Proxy;

/// <summary>
/// One station on a reply's way to the client. Every call hands on to <see cref="Next"/> unless the fault says otherwise; whoever
/// returns something else than <see cref="Flow.Continue"/> ends the reply there.
/// </summary>
internal abstract class ReplyFilter(Exchange exchange, ProxyFault? fault)
{
    public ReplyFilter? Next { get; set; }

    protected Exchange Exchange => exchange;

    /// <summary>The fault was lifted: whatever it would do, it does no more.</summary>
    protected bool IsLifted => fault!.Lifted.IsCancellationRequested;

    /// <summary>For those who also change how the reply is framed.</summary>
    public virtual void Attach(ReplyWriter writer) { }

    public virtual ValueTask<Flow> HeadAsync(HeadLines head) => Next!.HeadAsync(head);

    /// <param name="piece">One whole event of a stream; of other bodies, bytes as they came. Valid as long as anybody holds it.</param>
    public virtual ValueTask<Flow> PieceAsync(ReadOnlyMemory<byte> piece) => Next!.PieceAsync(piece);

    public virtual ValueTask<Flow> EndAsync() => Next!.EndAsync();

    /// <summary>Call it before the bytes that show it go out: the client may be done with the request at once.</summary>
    protected void Applied() => exchange.Applied(fault!);

    /// <summary>Ends early when the fault is lifted or the client has gone.</summary>
    protected Task WaitAsync(TimeSpan length) => exchange.WaitAsync(length, fault!.Lifted);
}

/// <summary>A station of bytes. The last one is the client's connection.</summary>
internal abstract class ByteSink
{
    public abstract ValueTask<Flow> WriteAsync(ReadOnlyMemory<byte> bytes);
}
