using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>stream.missing_done</c>: a stream that ends without <c>[DONE]</c>.</summary>
internal sealed class StreamMissingDone(PlannedFault planned) : StreamFault(planned)
{
    private static readonly FaultParameter FinishReason =
        new("finishReason", "text", "keep", "keep: the finish_reason still comes; drop: it does not come either.") { Choices = ["keep", "drop"] };

    public static FaultKind Kind { get; } = ProxyKind.Stream(
        "stream.missing_done", "A stream ends in order, but [DONE] does not come, with or without the finish_reason before it.",
        "With a finish_reason it is accepted; without, it is treated as truncated. Nobody waits for more.",
        ", with: { finishReason: drop }", FinishReason);

    public override ReplyFilter Filter(Exchange exchange) => new Silence(exchange, this, FinishReason.TextOf(Planned.Fault) == "drop");

    private sealed class Silence(Exchange exchange, ProxyFault fault, bool dropsFinish) : ReplyFilter(exchange, fault)
    {
        public override ValueTask<Flow> PieceAsync(ReadOnlyMemory<byte> piece)
        {
            if (IsLifted || !(EventText.IsDone(piece.Span) || (dropsFinish && EventText.HasFinish(piece.Span))))
            {
                return base.PieceAsync(piece);
            }

            Applied();
            return ValueTask.FromResult(Flow.Continue);
        }
    }
}
