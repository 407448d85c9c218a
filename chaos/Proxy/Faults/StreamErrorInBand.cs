using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>stream.error_in_band</c>: an error object in a reply that began with 200.</summary>
internal sealed class StreamErrorInBand(PlannedFault planned) : StreamFault(planned)
{
    public static FaultKind Kind { get; } = ProxyKind.Stream(
        "stream.error_in_band", "A stream that began well says in its middle that it failed, and ends.",
        "A failure, not an answer: the text before it is not presented as complete.", ", with: { after: 3 }", StreamPosition.After);

    public override ReplyFilter Filter(Exchange exchange) => new Error(exchange, this, StreamPosition.After.CountOf(Planned.Fault));

    private sealed class Error(Exchange exchange, ProxyFault fault, int after) : PositionFilter(exchange, fault, after)
    {
        protected override async ValueTask<Flow> StrikeAsync(ReadOnlyMemory<byte> piece)
        {
            var error = "data: {\"error\":{\"message\":\"The engine failed.\",\"type\":\"server_error\",\"code\":\"engine_error\"}}\n\n"u8.ToArray();
            if (await PassAsync(error).ConfigureAwait(false) is not Flow.Continue and var end)
            {
                return end;
            }

            return await Next!.EndAsync().ConfigureAwait(false) == Flow.Continue ? Flow.Close : Flow.Reset;
        }
    }
}
