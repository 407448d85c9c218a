using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Hostile;

/// <summary><c>hostile.burst</c>: one client that sends many requests at the same moment.</summary>
internal sealed class Burst(PlannedFault fault, IReadOnlyList<Func<EndpointAddress?>> endpoints, IAnnouncer announcer, TimeProvider time)
    : HostileFault(fault, endpoints, announcer, time)
{
    private static readonly FaultParameter Size = new("requests", "count", "32", "Requests of one burst.") { Least = "1", Most = "1000" };
    private static readonly FaultParameter Every = new("every", "duration", "1s", "From one burst to the next.") { Least = "50ms", Most = "10m" };
    private static readonly FaultParameter Tokens = new("maxTokens", "count", "32", "Tokens that each asks for.") { Least = "1", Most = "100000" };

    public static FaultKind Kind { get; } = Entry(
        "hostile.burst", "One client sends many requests at once, waits for their answers, and does it again.",
        "What is beyond its share is turned away (429) or waits; the others are served in time.", "requests: 32, every: 1s", Size, Every, Tokens);

    /// <summary>Each request of a burst is a client that waits for the beat.</summary>
    protected override int Count => Size.CountOf(Fault.Fault);

    protected override async Task ConnectAsync(EndpointAddress endpoint, Action applied, CancellationToken over)
    {
        var every = Every.DurationOf(Fault.Fault);
        using (var connection = await HostileConnection.OpenAsync(endpoint, null, over).ConfigureAwait(false))
        {
            await connection.SendAsync(Tokens.CountOf(Fault.Fault), over).ConfigureAwait(false);
            applied();
            await connection.ReadUntilAsync("[DONE]", 1, 1 << 20, over).ConfigureAwait(false);
        }

        // All of them wait for the same beat of the clock.
        var passed = TimeSpan.FromTicks(Time.GetElapsedTime(0).Ticks % every.Ticks);
        await EndsWithinAsync(every - passed).ConfigureAwait(false);
    }
}
