using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>http.truncated_body</c>: fewer bytes than the head promised, or no last chunk.</summary>
internal sealed class HttpTruncatedBody(PlannedFault planned) : ReplyFault(planned)
{
    private static readonly FaultParameter Bytes =
        new("bytes", "size", "40B", "Of the body that still come.") { Least = "0B", Most = "1GiB" };

    public static FaultKind Kind { get; } = ProxyKind.Http(
        "http.truncated_body", "The connection ends in order before the body is whole: Content-Length promised more, or the last chunk is missing.",
        "Noticed, and treated like a reply that never came; never parsed as if it were whole.", ", with: { bytes: 40B }", Bytes);

    public override ReplyFilter Filter(Exchange exchange) => new Truncate(exchange, this, Bytes.SizeOf(Planned.Fault));

    private sealed class Truncate(Exchange exchange, ProxyFault fault, int left) : ReplyFilter(exchange, fault)
    {
        private int _left = left;

        public override async ValueTask<Flow> PieceAsync(ReadOnlyMemory<byte> piece)
        {
            if (IsLifted || piece.Length <= _left)
            {
                _left -= IsLifted ? 0 : piece.Length;
                return await base.PieceAsync(piece).ConfigureAwait(false);
            }

            Applied();
            var flow = await base.PieceAsync(piece[.._left]).ConfigureAwait(false);
            return flow == Flow.Continue ? Flow.Close : flow;
        }
    }
}
