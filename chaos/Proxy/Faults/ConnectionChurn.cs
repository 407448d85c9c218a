using ChaosBench.Chaos.Proxy.Http;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>connection.churn</c>: no connection serves twice.</summary>
internal sealed class ConnectionChurn(PlannedFault planned) : ReplyFault(planned)
{
    public static FaultKind Kind { get; } = ProxyKind.Connection(
        "connection.churn", "The endpoint closes the connection behind its reply, and says so (Connection: close).",
        "The next request goes out on a new connection without an error; only its latency tells.", "");

    public override ReplyFilter Filter(Exchange exchange) => new Churn(exchange, this);

    private sealed class Churn(Exchange exchange, ProxyFault fault) : ReplyFilter(exchange, fault)
    {
        public override ValueTask<Flow> HeadAsync(HeadLines head)
        {
            Applied();
            head.Set("Connection", "close");
            return base.HeadAsync(head);
        }

        public override async ValueTask<Flow> EndAsync() =>
            await base.EndAsync().ConfigureAwait(false) is not Flow.Continue and var end ? end : Flow.Close;
    }
}
