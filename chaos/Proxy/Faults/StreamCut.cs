using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>stream.cut</c>: a stream that ends before it says so.</summary>
internal sealed class StreamCut(PlannedFault planned) : StreamFault(planned)
{
    private static readonly FaultParameter How =
        new("how", "text", "close", "close: in order (FIN), without the last chunk; reset: the connection breaks (RST).")
        { Choices = ["close", "reset"] };

    public static FaultKind Kind { get; } = ProxyKind.Stream(
        "stream.cut", "A stream's connection ends in its middle, in order or broken.",
        "What came is never presented as complete; after a retry no text appears twice.", ", with: { after: 3, how: reset }",
        StreamPosition.After, How);

    public override ReplyFilter Filter(Exchange exchange) => new Cut(
        exchange, this, StreamPosition.After.CountOf(Planned.Fault), How.TextOf(Planned.Fault) == "reset" ? Flow.Reset : Flow.Close);

    private sealed class Cut(Exchange exchange, ProxyFault fault, int after, Flow end) : PositionFilter(exchange, fault, after)
    {
        protected override ValueTask<Flow> StrikeAsync(ReadOnlyMemory<byte> piece) => ValueTask.FromResult(end);
    }
}
