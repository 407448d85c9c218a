using ChaosBench.Scenarios.Model;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary>A filter with a coin of its own for each event with text, decided by the seed, the request and the event's number.</summary>
internal abstract class ChunkFilter(Exchange exchange, ProxyFault fault) : ReplyFilter(exchange, fault)
{
    private readonly ProxyFault _fault = fault;
    private readonly double _share = Chunks.ShareOf(fault.Planned.Fault);
    private int _number;

    public static FaultParameter Chunks { get; } =
        new("chunks", "share", "20%", "Probability of each event with text, decided by the seed, the request and its number.")
        { Least = "0.1%", Most = "100%" };

    public override ValueTask<Flow> PieceAsync(ReadOnlyMemory<byte> piece)
    {
        if (IsLifted || !EventText.HasChoice(piece.Span) || !Exchange.Chooses(_fault, ++_number, _share))
        {
            return OtherAsync(piece);
        }

        Applied();
        return HitAsync(piece);
    }

    protected abstract ValueTask<Flow> HitAsync(ReadOnlyMemory<byte> piece);

    protected virtual ValueTask<Flow> OtherAsync(ReadOnlyMemory<byte> piece) => Next!.PieceAsync(piece);
}
