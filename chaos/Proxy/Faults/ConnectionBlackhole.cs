using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>connection.blackhole</c>: the request is taken, and nothing comes back.</summary>
internal sealed class ConnectionBlackhole(PlannedFault planned) : AnswerFault(planned)
{
    public static FaultKind Kind { get; } = ProxyKind.Connection(
        "connection.blackhole",
        "The request's bytes are taken and nothing comes back until the fault is lifted; then the connection breaks. Packets themselves are not dropped: "
        + "connecting still works.",
        "The caller's own limit fires, not that of the operating system; nothing hangs on it.", "");

    public override async ValueTask<Flow> AnswerAsync(Exchange exchange)
    {
        await exchange.WaitAsync(Timeout.InfiniteTimeSpan, Lifted).ConfigureAwait(false);
        return Flow.Reset;
    }
}
