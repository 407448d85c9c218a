using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>stream.legal_crlf</c>: lines that end with CR LF.</summary>
internal sealed class LegalCrLf(PlannedFault planned) : StreamFault(planned)
{
    public static FaultKind Kind { get; } = ProxyKind.Control(
        "stream.legal_crlf", "Lines of a stream end with CR LF instead of LF.", "");

    public override ReplyFilter Filter(Exchange exchange) => new CrLf(exchange, this);

    private sealed class CrLf(Exchange exchange, ProxyFault fault) : ReplyFilter(exchange, fault)
    {
        public override ValueTask<Flow> PieceAsync(ReadOnlyMemory<byte> piece)
        {
            if (IsLifted)
            {
                return base.PieceAsync(piece);
            }

            Applied();
            var lines = new List<byte>(piece.Length + 8);
            foreach (var next in piece.Span)
            {
                if (next == '\n' && (lines.Count == 0 || lines[^1] != '\r'))
                {
                    lines.Add((byte)'\r');
                }

                lines.Add(next);
            }

            return base.PieceAsync(lines.ToArray());
        }
    }
}
