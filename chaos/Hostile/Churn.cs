using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Hostile;

/// <summary><c>hostile.churn</c>: connections that come and go and ask for nothing.</summary>
internal sealed class Churn(PlannedFault fault, IReadOnlyList<Func<EndpointAddress?>> endpoints, IAnnouncer announcer, TimeProvider time)
    : HostileFault(fault, endpoints, announcer, time)
{
    private static readonly FaultParameter Every = new("every", "duration", "50ms", "Between two connections of a client.") { Least = "5ms", Most = "1m" };

    public static FaultKind Kind { get; } = Entry(
        "hostile.churn", "Clients open connections, send half a head and break them, again and again.",
        "Each costs a little and is cleaned up at once; the others keep their connections and their times.", "clients: 4, every: 50ms", Clients, Every);

    protected override async Task ConnectAsync(EndpointAddress endpoint, Action applied, CancellationToken over)
    {
        using (var connection = await HostileConnection.OpenAsync(endpoint, null, over).ConfigureAwait(false))
        {
            var head = connection.Head(1000);
            await connection.Stream.WriteAsync(head.AsMemory(0, head.Length / 2), over).ConfigureAwait(false);
            connection.Break();
            applied();
        }

        await EndsWithinAsync(Every.DurationOf(Fault.Fault)).ConfigureAwait(false);
    }
}
