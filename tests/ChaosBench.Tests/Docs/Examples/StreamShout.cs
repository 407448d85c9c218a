using System.Text;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Chaos.Proxy.Faults;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Docs.Examples;

/// <summary><c>stream.shout</c>: every event of a stream comes in capitals.</summary>
internal sealed class StreamShout(PlannedFault planned) : StreamFault(planned)
{
    public static FaultKind Kind { get; } = ProxyKind.Stream(
        "stream.shout", "Every event of a stream comes in capitals.",
        "The client notices that the reply is no JSON that it knows, and asks again.", "");

    public override ReplyFilter Filter(Exchange exchange) => new Shouting(exchange, this);

    private sealed class Shouting(Exchange exchange, ProxyFault fault) : ReplyFilter(exchange, fault)
    {
        public override ValueTask<Flow> PieceAsync(ReadOnlyMemory<byte> piece)
        {
            if (IsLifted)
            {
                return base.PieceAsync(piece);
            }

            Applied(); // before the bytes go out: the client may be done at once
            return base.PieceAsync(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(piece.Span).ToUpperInvariant()));
        }
    }
}
