using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Client;

/// <summary>The faults of the vantage client: the one place that knows them all.</summary>
public static class ClientFaults
{
    private static readonly FaultParameter Delay = new("delay", "duration", "200ms", "How much later the attempt goes out.") { Least = "1ms", Most = "10m" };
    private static readonly FaultParameter Code = new("code", "count", "503", "The status that is read.") { Least = "400", Most = "599" };
    private static readonly FaultParameter RetryAfter = new("retryAfter", "duration", "0s", "Retry-After beside it; 0s: none.") { Least = "0s", Most = "1h" };

    private static readonly (FaultKind Kind, Func<Fault, ClientStrike> Strike)[] Known =
    [
        (Entry("client.latency", "An attempt goes out later.", "The policy's limit for an attempt or its hedge takes over; the request is answered in time.",
            ", with: { delay: 200ms }", Delay), fault => new ClientStrike.Late(Delay.DurationOf(fault))),
        (Entry("client.connect_error", "An attempt finds no connection.", "Another attempt is made, within the policy's bounds, and the request is answered.", ""),
            _ => new ClientStrike.NotConnected()),
        (Entry("client.status", "An attempt reads a status in place of the server's answer; the server is not asked.",
            "Another attempt is made, not before Retry-After, and the request is answered.", ", with: { code: 503 }", Code, RetryAfter), Status),
        (Entry("client.lost_reply", "An attempt is served and its answer is lost on the way.",
            "Another attempt is made, and the caller sees one answer; what the server did twice is known.", ""),
            _ => new ClientStrike.ReplyLost()),
    ];

    public static IReadOnlyList<FaultKind> Catalogue { get; } = [.. Known.Select(known => known.Kind)];

    public static bool Handles(string kind) => Known.Any(known => known.Kind.Name == kind);

    /// <exception cref="FaultRefusedException">There is no client policy that it could test.</exception>
    internal static IInjector Create(PlannedFault fault, IReadOnlyList<TargetControls> targets)
    {
        var clients = targets.Select(target => target.Client).OfType<ClientChaos>().Distinct().ToList();
        return clients.Count == 0
            ? throw new FaultRefusedException(
                $"{fault.Fault.Id} ({fault.Fault.Kind}) acts in the client, and the scenario declares no clientPolicy: there is nothing that it could test.")
            : new ClientFault(fault, Known.First(known => known.Kind.Name == fault.Fault.Kind).Strike(fault.Fault), clients);
    }

    private static ClientStrike.Answered Status(Fault fault)
    {
        var wait = RetryAfter.DurationOf(fault);
        return new ClientStrike.Answered(Code.CountOf(fault), wait > TimeSpan.Zero ? wait.TotalSeconds : null);
    }

    private static FaultKind Entry(string name, string summary, string response, string with, params FaultParameter[] parameters) => new(
        name, Vantage.Client, FaultScope.Attempt, "client", Fidelity.Simulated, summary + " Needs a clientPolicy; the server does not see it.", response, parameters,
        $"{{ fault: {name}, share: 30%{with} }}");
}
