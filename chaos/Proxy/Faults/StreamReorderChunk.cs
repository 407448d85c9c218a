using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>stream.reorder_chunk</c>: events that come after their successor.</summary>
internal sealed class StreamReorderChunk(PlannedFault planned) : StreamFault(planned)
{
    public static FaultKind Kind { get; } = ProxyKind.Stream(
        "stream.reorder_chunk", "Some events of a stream change places with the one behind them.",
        "Noticed where the protocol numbers its events; else the text differs, and a check of the answer notices.",
        ", with: { chunks: 20% }", ChunkFilter.Chunks);

    public override ReplyFilter Filter(Exchange exchange) => new Swap(exchange, this);

    private sealed class Swap(Exchange exchange, ProxyFault fault) : ChunkFilter(exchange, fault)
    {
        private ReadOnlyMemory<byte> _held;

        public override async ValueTask<Flow> EndAsync() =>
            await ReleaseAsync().ConfigureAwait(false) is not Flow.Continue and var end ? end : await base.EndAsync().ConfigureAwait(false);

        protected override ValueTask<Flow> HitAsync(ReadOnlyMemory<byte> piece)
        {
            if (!_held.IsEmpty)
            {
                return OtherAsync(piece);
            }

            _held = piece;
            return ValueTask.FromResult(Flow.Continue);
        }

        protected override async ValueTask<Flow> OtherAsync(ReadOnlyMemory<byte> piece) =>
            await base.OtherAsync(piece).ConfigureAwait(false) is not Flow.Continue and var end ? end : await ReleaseAsync().ConfigureAwait(false);

        private ValueTask<Flow> ReleaseAsync()
        {
            var held = _held;
            _held = default;
            return held.IsEmpty ? ValueTask.FromResult(Flow.Continue) : Next!.PieceAsync(held);
        }
    }
}
