using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Hostile;

/// <summary><c>resource.connection_pool</c>: connections that are taken and held, until the target has none to give.</summary>
internal sealed class PoolExhaustion(PlannedFault fault, IReadOnlyList<Func<EndpointAddress?>> endpoints, IAnnouncer announcer, TimeProvider time)
    : HostileFault(fault, endpoints, announcer, time)
{
    private static readonly FaultParameter Connections = new("connections", "count", "64", "Connections that are held, each with a request that does not end.")
    { Least = "1", Most = "1000" };

    /// <summary>Often enough that no limit on idle connections takes it for one.</summary>
    private static readonly TimeSpan Sign = TimeSpan.FromSeconds(1);

    public static FaultKind Kind { get; } = Entry(
        "resource.connection_pool", "Connections to the target are opened, given half a request and held until the window ends.",
        "Waiting for a connection is bounded and fails fast, half a request holds no slot, and all is free again at once.",
        "connections: 64", Connections);

    protected override int Count => Connections.CountOf(Fault.Fault);

    protected override async Task ConnectAsync(EndpointAddress endpoint, Action applied, CancellationToken over)
    {
        using var connection = await HostileConnection.OpenAsync(endpoint, null, over).ConfigureAwait(false);
        var body = connection.Body(1);
        await connection.Stream.WriteAsync((byte[])[.. connection.Head(body.Length), body[0]], over).ConfigureAwait(false);
        applied();
        for (var at = 1; at < body.Length - 1 && !await EndsWithinAsync(Sign).ConfigureAwait(false); at++)
        {
            await connection.Stream.WriteAsync(body.AsMemory(at, 1), over).ConfigureAwait(false);
        }

        connection.Break();
    }
}
