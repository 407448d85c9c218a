using System.Text;
using System.Text.RegularExpressions;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>stream.wrong_finish_reason</c>: a whole answer that says it is not, or the reverse.</summary>
internal sealed partial class StreamWrongFinishReason(PlannedFault planned) : StreamFault(planned)
{
    private static readonly FaultParameter Reason =
        new("reason", "text", "length", "What the stream says instead.") { Choices = ["stop", "length", "content_filter", "tool_calls"] };

    public static FaultKind Kind { get; } = ProxyKind.Stream(
        "stream.wrong_finish_reason", "The finish_reason of a stream is replaced.",
        "The caller looks at it: an answer that was cut off is not used as a whole one.", ", with: { reason: length }", Reason);

    public override ReplyFilter Filter(Exchange exchange) => new Replace(exchange, this, Reason.TextOf(Planned.Fault));

    private sealed partial class Replace(Exchange exchange, ProxyFault fault, string reason) : ReplyFilter(exchange, fault)
    {
        public override ValueTask<Flow> PieceAsync(ReadOnlyMemory<byte> piece)
        {
            if (IsLifted || !EventText.HasFinish(piece.Span))
            {
                return base.PieceAsync(piece);
            }

            Applied();
            // One byte, one character: what is not ASCII comes out as it went in.
            var text = FinishReason().Replace(Encoding.Latin1.GetString(piece.Span), $"\"finish_reason\":\"{reason}\"");
            return base.PieceAsync(Encoding.Latin1.GetBytes(text));
        }

        [GeneratedRegex("\"finish_reason\": ?\"[a-z_]{1,32}\"", RegexOptions.CultureInvariant)]
        private static partial Regex FinishReason();
    }
}
