using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>connection.dns_failure</c> and <c>connection.tls_failure</c>: what a gateway says that could not reach what stands behind it.</summary>
internal sealed class ConnectionGateway(PlannedFault planned, string message, string code) : AnswerFault(planned)
{
    public static FaultKind DnsKind { get; } = ProxyKind.Connection(
        "connection.dns_failure", "502 with the code dns_failure, as a gateway answers whose upstream's name does not resolve. No name is looked up.",
        "Quick to fail; an address that is known still serves, and is not kept for ever after recovery.", "") with { Fidelity = Fidelity.Simulated };

    public static FaultKind TlsKind { get; } = ProxyKind.Connection(
        "connection.tls_failure", "502 with the code tls_failure, as a gateway answers whose upstream's certificate does not hold. No handshake is made.",
        "Refused; never a fall back to no verification.", "") with { Fidelity = Fidelity.Simulated };

    public static ConnectionGateway Dns(PlannedFault planned) => new(planned, "The upstream's name does not resolve.", "dns_failure");

    public static ConnectionGateway Tls(PlannedFault planned) => new(planned, "The upstream's certificate has expired.", "tls_failure");

    public override async ValueTask<Flow> AnswerAsync(Exchange exchange)
    {
        await OwnReply.ErrorAsync(exchange.Client, exchange.Head, "502 Bad Gateway", message, "gateway_error/" + code).ConfigureAwait(false);
        return Flow.Continue;
    }
}
