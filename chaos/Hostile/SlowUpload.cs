using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Hostile;

/// <summary><c>input.slow_upload</c>: bodies that come byte by byte.</summary>
internal sealed class SlowUpload(PlannedFault fault, IReadOnlyList<Func<EndpointAddress?>> endpoints, IAnnouncer announcer, TimeProvider time)
    : HostileFault(fault, endpoints, announcer, time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly FaultParameter Speed = new("bytesPerSecond", "size", "50B", "What each sends a second.") { Least = "10B", Most = "1MiB" };

    public static FaultKind Kind { get; } = Entry(
        "input.slow_upload", "Clients send a request's body a few bytes a second.",
        "The server's own limit for reading ends it (408, or the connection closes); meanwhile it holds no slot that another could use.",
        "clients: 4, bytesPerSecond: 50B", Clients, Speed);

    protected override async Task ConnectAsync(EndpointAddress endpoint, Action applied, CancellationToken over)
    {
        using var connection = await HostileConnection.OpenAsync(endpoint, null, over).ConfigureAwait(false);
        var body = connection.Body(16);
        await connection.Stream.WriteAsync(connection.Head(body.Length), over).ConfigureAwait(false);
        var piece = Math.Max(1, Speed.SizeOf(Fault.Fault) / 10);
        for (var at = 0; at < body.Length && !await EndsWithinAsync(Pause).ConfigureAwait(false); at += piece)
        {
            await connection.Stream.WriteAsync(body.AsMemory(at, Math.Min(piece, body.Length - at)), over).ConfigureAwait(false);
            applied();
        }
    }
}
