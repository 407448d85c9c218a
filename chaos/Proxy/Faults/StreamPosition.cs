using ChaosBench.Scenarios.Model;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary>The place in a stream at which a fault strikes: behind so many of its events.</summary>
internal static class StreamPosition
{
    public static FaultParameter After { get; } =
        new("after", "count", "3", "Events with data that still go through.") { Least = "0", Most = "1000000" };
}

/// <summary>A filter that lets some events through and then strikes once.</summary>
internal abstract class PositionFilter(Exchange exchange, ProxyFault fault, int after) : ReplyFilter(exchange, fault)
{
    private int _seen;
    private bool _struck;

    public override async ValueTask<Flow> PieceAsync(ReadOnlyMemory<byte> piece)
    {
        if (_struck || IsLifted || !EventText.IsData(piece.Span) || _seen++ < after)
        {
            return await base.PieceAsync(piece).ConfigureAwait(false);
        }

        _struck = true;
        Applied();
        return await StrikeAsync(piece).ConfigureAwait(false);
    }

    /// <param name="piece">The first event that does not simply go through.</param>
    protected abstract ValueTask<Flow> StrikeAsync(ReadOnlyMemory<byte> piece);

    protected ValueTask<Flow> PassAsync(ReadOnlyMemory<byte> piece) => Next!.PieceAsync(piece);
}
