using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>stream.drop_chunk</c>: events that never come.</summary>
internal sealed class StreamDropChunk(PlannedFault planned) : StreamFault(planned)
{
    public static FaultKind Kind { get; } = ProxyKind.Stream(
        "stream.drop_chunk", "Some events of a stream are lost, and nothing else tells of it.",
        "Noticed where usage tells how many tokens there were; else the text differs, and a check of the answer notices.",
        ", with: { chunks: 20% }", ChunkFilter.Chunks);

    public override ReplyFilter Filter(Exchange exchange) => new Drop(exchange, this);

    private sealed class Drop(Exchange exchange, ProxyFault fault) : ChunkFilter(exchange, fault)
    {
        protected override ValueTask<Flow> HitAsync(ReadOnlyMemory<byte> piece) => ValueTask.FromResult(Flow.Continue);
    }
}
