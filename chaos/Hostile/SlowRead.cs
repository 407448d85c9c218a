using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Hostile;

/// <summary><c>hostile.slow_read</c>: clients that ask for streams and hardly read them.</summary>
internal sealed class SlowRead(PlannedFault fault, IReadOnlyList<Func<EndpointAddress?>> endpoints, IAnnouncer announcer, TimeProvider time)
    : HostileFault(fault, endpoints, announcer, time)
{
    private const int SmallWindow = 1024;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private static readonly FaultParameter Speed = new("bytesPerSecond", "size", "64B", "What each reads a second.") { Least = "10B", Most = "1MiB" };
    private static readonly FaultParameter Tokens = new("maxTokens", "count", "256", "Tokens that each asks for.") { Least = "1", Most = "100000" };

    public static FaultKind Kind { get; } = Entry(
        "hostile.slow_read", "Clients ask for long streams and read a few bytes a second, with a small window.",
        "What is not read is bounded, and a client that does not read is given up; the others' tokens keep their pace.",
        "clients: 4, bytesPerSecond: 64B", Clients, Speed, Tokens);

    protected override async Task ConnectAsync(EndpointAddress endpoint, Action applied, CancellationToken over)
    {
        using var connection = await HostileConnection.OpenAsync(endpoint, SmallWindow, over).ConfigureAwait(false);
        await connection.SendAsync(Tokens.CountOf(Fault.Fault), over).ConfigureAwait(false);
        var piece = new byte[Math.Max(1, Speed.SizeOf(Fault.Fault) / 10)];
        while (await connection.Stream.ReadAsync(piece, over).ConfigureAwait(false) > 0 && !await EndsWithinAsync(Pause).ConfigureAwait(false))
        {
            applied();
        }

        connection.Break();
    }
}
