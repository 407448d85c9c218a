using ChaosBench.Chaos.Proxy.Wire;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy;

/// <summary>
/// A fault in place in a proxy. A closed set by where it acts:
/// <code>
/// client -> [ListenerFault] -> request -> [AnswerFault] -> upstream
///        &lt;- [ByteFault] &lt;- head and pieces &lt;- [ReplyFault] &lt;-
/// </code>
/// </summary>
public abstract class ProxyFault : IDisposable
{
    private readonly CancellationTokenSource _lifted = new();

    private protected ProxyFault(PlannedFault planned) => Planned = planned;

    public PlannedFault Planned { get; }

    /// <summary>Ends every wait that the fault caused: it can be lifted in the middle of a stream.</summary>
    internal CancellationToken Lifted => _lifted.Token;

    /// <summary>Only replies that are event streams can be hit.</summary>
    internal virtual bool IsAboutStreams => false;

    internal void Lift() => _lifted.Cancel();

    public void Dispose()
    {
        _lifted.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>Answers, or does not, in place of the upstream.</summary>
internal abstract class AnswerFault(PlannedFault planned) : ProxyFault(planned)
{
    /// <summary>Called once the request's body has been read and thrown away.</summary>
    public abstract ValueTask<Flow> AnswerAsync(Exchange exchange);
}

/// <summary>Changes head, pieces or end of a reply.</summary>
internal abstract class ReplyFault(PlannedFault planned) : ProxyFault(planned)
{
    public abstract ReplyFilter Filter(Exchange exchange);
}

/// <summary>A <see cref="ReplyFault"/> on server-sent events.</summary>
internal abstract class StreamFault(PlannedFault planned) : ReplyFault(planned)
{
    internal override bool IsAboutStreams => true;
}

/// <summary>Changes how the bytes of a reply travel, not which they are.</summary>
internal abstract class ByteFault(PlannedFault planned) : ProxyFault(planned)
{
    public abstract ByteSink Sink(Exchange exchange, ByteSink next);
}

/// <summary>Acts on the listening socket, before there is a request.</summary>
internal abstract class ListenerFault(PlannedFault planned) : ProxyFault(planned)
{
    public abstract void Apply(Door door, IAnnouncer announcer);

    public abstract void Clear(Door door);
}
