using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>stream.legal_comments</c>: comments, other fields and empty lines between the events.</summary>
internal sealed class LegalComments(PlannedFault planned) : StreamFault(planned)
{
    public static FaultKind Kind { get; } = ProxyKind.Control(
        "stream.legal_comments", "Comment lines, event, id and retry fields, and empty lines stand between the events, as servers keep connections alive.", "");

    public override ReplyFilter Filter(Exchange exchange) => new Chatter(exchange, this);

    private sealed class Chatter(Exchange exchange, ProxyFault fault) : ReplyFilter(exchange, fault)
    {
        private static readonly byte[] Between = ": keep-alive\n\n:\n\nretry: 3000\n\n"u8.ToArray();
        private static readonly byte[] Before = "event: message\nid: 7\n"u8.ToArray();

        public override ValueTask<Flow> PieceAsync(ReadOnlyMemory<byte> piece)
        {
            if (IsLifted)
            {
                return base.PieceAsync(piece);
            }

            Applied();
            return base.PieceAsync((byte[])[.. Between, .. Before, .. piece.Span]);
        }
    }
}
