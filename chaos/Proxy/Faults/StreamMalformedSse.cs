using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>stream.malformed_sse</c>: one event that cannot be read.</summary>
internal sealed class StreamMalformedSse(PlannedFault planned) : StreamFault(planned)
{
    private static readonly FaultParameter What =
        new("what", "text", "json", "json: its JSON breaks off; utf8: bytes that are no UTF-8 in a string; html: an error page in place of JSON.")
        { Choices = ["json", "utf8", "html"] };

    public static FaultKind Kind { get; } = ProxyKind.Stream(
        "stream.malformed_sse", "One event of a stream cannot be read; the stream goes on behind it.",
        "A typed error; the damaged event is not taken for text, and the reader does not crash.", ", with: { after: 3, what: json }",
        StreamPosition.After, What);

    public override ReplyFilter Filter(Exchange exchange) =>
        new Damage(exchange, this, StreamPosition.After.CountOf(Planned.Fault), What.TextOf(Planned.Fault));

    private sealed class Damage(Exchange exchange, ProxyFault fault, int after, string what) : PositionFilter(exchange, fault, after)
    {
        protected override ValueTask<Flow> StrikeAsync(ReadOnlyMemory<byte> piece) => PassAsync(what switch
        {
            "json" => "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"bro\n\n"u8.ToArray(),
            "utf8" => [.. "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\""u8, 0xC3, 0x28, 0xFF, .. "\"}}]}\n\n"u8],
            "html" => "data: <html><body>Bad Gateway</body></html>\n\n"u8.ToArray(),
            _ => throw new System.Diagnostics.UnreachableException(what),
        });
    }
}
