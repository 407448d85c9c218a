using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>stream.slow_first_token</c>: the first event is held back, the rest follows at its own pace.</summary>
internal sealed class StreamSlowFirstToken(PlannedFault planned) : StreamFault(planned)
{
    private static readonly FaultParameter Delay =
        new("delay", "duration", "2s", "Added before the first event.") { Least = "1ms", Most = "10m" };

    public static FaultKind Kind { get; } = ProxyKind.Stream(
        "stream.slow_first_token", "The first event of a stream comes late.",
        "A limit on the first token fires, then a fallback; what had begun is not sent twice.", ", with: { delay: 2s }", Delay);

    public override ReplyFilter Filter(Exchange exchange) => new First(exchange, this, Delay.DurationOf(Planned.Fault));

    private sealed class First(Exchange exchange, ProxyFault fault, TimeSpan delay) : PositionFilter(exchange, fault, after: 0)
    {
        protected override async ValueTask<Flow> StrikeAsync(ReadOnlyMemory<byte> piece)
        {
            await WaitAsync(delay).ConfigureAwait(false);
            return await PassAsync(piece).ConfigureAwait(false);
        }
    }
}
