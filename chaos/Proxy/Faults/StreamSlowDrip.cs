using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>stream.slow_drip</c>: a healthy stream that is slow.</summary>
internal sealed class StreamSlowDrip(PlannedFault planned) : StreamFault(planned)
{
    private static readonly FaultParameter Gap =
        new("gap", "duration", "250ms", "Waited before each event.") { Least = "1ms", Most = "10m" };

    public static FaultKind Kind { get; } = ProxyKind.Stream(
        "stream.slow_drip", "Every event of a stream comes late: it lives, and is slow.",
        "A slow stream is not killed by a limit on the whole; the breach of its pace is reported.", ", with: { gap: 250ms }", Gap);

    public override ReplyFilter Filter(Exchange exchange) => new Drip(exchange, this, Gap.DurationOf(Planned.Fault));

    private sealed class Drip(Exchange exchange, ProxyFault fault, TimeSpan gap) : ReplyFilter(exchange, fault)
    {
        public override async ValueTask<Flow> PieceAsync(ReadOnlyMemory<byte> piece)
        {
            if (!IsLifted)
            {
                Applied();
                await WaitAsync(gap).ConfigureAwait(false);
            }

            return await base.PieceAsync(piece).ConfigureAwait(false);
        }
    }
}
