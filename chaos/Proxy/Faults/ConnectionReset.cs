using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>connection.reset</c>: the connection breaks when the request has been read.</summary>
internal sealed class ConnectionReset(PlannedFault planned) : AnswerFault(planned)
{
    public static FaultKind Kind { get; } = ProxyKind.Connection(
        "connection.reset", "The connection breaks (RST) once the request is read, before a byte of a reply. In the middle of a stream: stream.cut.",
        "Quick to fail; what became of the request counts as unknown, and only what may be repeated is repeated.", "");

    public override ValueTask<Flow> AnswerAsync(Exchange exchange) => ValueTask.FromResult(Flow.Reset);
}
