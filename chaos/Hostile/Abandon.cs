using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Hostile;

/// <summary><c>hostile.abandon</c>: clients that go away in the middle of their streams.</summary>
internal sealed class Abandon(PlannedFault fault, IReadOnlyList<Func<EndpointAddress?>> endpoints, IAnnouncer announcer, TimeProvider time)
    : HostileFault(fault, endpoints, announcer, time)
{
    private static readonly FaultParameter After = new("after", "count", "2", "Events that each reads before it goes.") { Least = "0", Most = "10000" };
    private static readonly FaultParameter Tokens = new("maxTokens", "count", "256", "Tokens that each asks for.") { Least = "1", Most = "100000" };

    public static FaultKind Kind { get; } = Entry(
        "hostile.abandon", "Clients ask for long streams, read a few events and break the connection, again and again.",
        "The generation ends soon after its client is gone and its slot is free; the others' tokens keep their pace.",
        "clients: 4, after: 2", Clients, After, Tokens);

    protected override async Task ConnectAsync(EndpointAddress endpoint, Action applied, CancellationToken over)
    {
        using var connection = await HostileConnection.OpenAsync(endpoint, null, over).ConfigureAwait(false);
        await connection.SendAsync(Tokens.CountOf(Fault.Fault), over).ConfigureAwait(false);
        var after = After.CountOf(Fault.Fault);
        if (after == 0 || await connection.ReadUntilAsync("data:", after, 1 << 20, over).ConfigureAwait(false))
        {
            connection.Break();
            applied();
        }
    }
}
