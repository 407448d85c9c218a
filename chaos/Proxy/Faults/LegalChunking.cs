using ChaosBench.Chaos.Proxy.Http;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>stream.legal_chunking</c>: odd chunks of the transfer encoding.</summary>
internal sealed class LegalChunking(PlannedFault planned) : StreamFault(planned)
{
    public static FaultKind Kind { get; } = ProxyKind.Control(
        "stream.legal_chunking", "Chunks of 11 bytes that end inside lines and characters, with extensions, leading zeros and a trailer.", "");

    public override ReplyFilter Filter(Exchange exchange) => new Odd(exchange, this);

    private sealed class Odd(Exchange exchange, ProxyFault fault) : ReplyFilter(exchange, fault)
    {
        public override void Attach(ReplyWriter writer) => writer.WritesOddChunks = true;

        public override ValueTask<Flow> HeadAsync(HeadLines head)
        {
            Applied();
            return base.HeadAsync(head);
        }
    }
}
