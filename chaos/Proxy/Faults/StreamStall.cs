using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>stream.stall</c>: a stream that stops and stays open.</summary>
internal sealed class StreamStall(PlannedFault planned) : StreamFault(planned)
{
    private static readonly FaultParameter Length =
        new("length", "duration", "10m", "How long nothing comes; it goes on when the fault is lifted, if that is sooner.")
        { Least = "1ms", Most = "24h" };

    public static FaultKind Kind { get; } = ProxyKind.Stream(
        "stream.stall", "A stream stops in its middle and its connection stays open.",
        "A limit on silence fires with a clear error, and the generation behind it is cancelled.", ", with: { after: 3 }",
        StreamPosition.After, Length);

    public override ReplyFilter Filter(Exchange exchange) =>
        new Stall(exchange, this, StreamPosition.After.CountOf(Planned.Fault), Length.DurationOf(Planned.Fault));

    private sealed class Stall(Exchange exchange, ProxyFault fault, int after, TimeSpan length) : PositionFilter(exchange, fault, after)
    {
        protected override async ValueTask<Flow> StrikeAsync(ReadOnlyMemory<byte> piece)
        {
            await WaitAsync(length).ConfigureAwait(false);
            return Exchange.Gone.IsCancellationRequested ? Flow.Close : await PassAsync(piece).ConfigureAwait(false);
        }
    }
}
