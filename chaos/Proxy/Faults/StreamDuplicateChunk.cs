using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>stream.duplicate_chunk</c>: events that come twice.</summary>
internal sealed class StreamDuplicateChunk(PlannedFault planned) : StreamFault(planned)
{
    public static FaultKind Kind { get; } = ProxyKind.Stream(
        "stream.duplicate_chunk", "Some events of a stream come twice.",
        "Noticed where the protocol numbers its events or tells the length; else the text differs, and a check of the answer notices.",
        ", with: { chunks: 20% }", ChunkFilter.Chunks);

    public override ReplyFilter Filter(Exchange exchange) => new Twice(exchange, this);

    private sealed class Twice(Exchange exchange, ProxyFault fault) : ChunkFilter(exchange, fault)
    {
        protected override async ValueTask<Flow> HitAsync(ReadOnlyMemory<byte> piece) =>
            await Next!.PieceAsync(piece).ConfigureAwait(false) is not Flow.Continue and var end
                ? end
                : await Next.PieceAsync(piece).ConfigureAwait(false);
    }
}
