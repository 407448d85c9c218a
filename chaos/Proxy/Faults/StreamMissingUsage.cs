using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>stream.missing_usage</c>: a stream that does not say what it cost.</summary>
internal sealed class StreamMissingUsage(PlannedFault planned) : StreamFault(planned)
{
    public static FaultKind Kind { get; } = ProxyKind.Stream(
        "stream.missing_usage", "The last event with usage does not come, though it was asked for.",
        "Accounting falls back to counting, and says so.", "");

    public override ReplyFilter Filter(Exchange exchange) => new Silence(exchange, this);

    private sealed class Silence(Exchange exchange, ProxyFault fault) : ReplyFilter(exchange, fault)
    {
        public override ValueTask<Flow> PieceAsync(ReadOnlyMemory<byte> piece)
        {
            // An event that ends the answer too must come: only its usage is nobody's to take.
            if (IsLifted || !EventText.IsUsageAlone(piece.Span) || EventText.HasFinish(piece.Span))
            {
                return base.PieceAsync(piece);
            }

            Applied();
            return ValueTask.FromResult(Flow.Continue);
        }
    }
}
