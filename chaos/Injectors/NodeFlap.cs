using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary>
/// <c>node.flap</c>: a node goes and comes back, again and again: <c>node.kill</c> or <c>node.freeze</c> in a cycle, on whatever they act.
/// </summary>
internal sealed class NodeFlap(PlannedFault fault, IInjector inner, TimeProvider time) : IInjector
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    private static readonly FaultParameter Down = new("down", "duration", "1s", "How long it is gone each time.") { Least = "50ms", Most = "10m" };
    private static readonly FaultParameter Up = new("up", "duration", "1s", "How long it is back each time, once it serves.") { Least = "50ms", Most = "10m" };
    private static readonly FaultParameter How = new("how", "text", "kill", "What takes it away.") { Choices = ["kill", "freeze"] };

    private Timeline.StopSignal _stop = new(time);
    private Task _cycle = Task.CompletedTask;

    public static FaultKind Kind { get; } = new(
        "node.flap", Vantage.Server, FaultScope.Replica, "node", Fidelity.Simulated,
        "A replica, local process or container is taken away and brought back, again and again, by kill or freeze; the last time when the window ends.",
        "The router damps it: no herd falls on the node each time it is back, and the others' answers do not suffer.",
        [Down, Up, How], "{ at: 25s, for: 12s, fault: node.flap, select: { replica: 1 }, with: { down: 1s, up: 2s, how: kill } }");

    public PlannedFault Fault { get; } = fault;

    public TimeSpan HealLimit => inner.HealLimit * 2;

    /// <summary>The fault that it repeats; with the same id, so that its steps are this one's.</summary>
    public static PlannedFault Repeated(PlannedFault fault) =>
        fault with { Fault = fault.Fault with { Kind = "node." + How.TextOf(fault.Fault), With = new Dictionary<string, string>() } };

    public async Task ApplyAsync(CancellationToken cancellation)
    {
        _stop = new Timeline.StopSignal(time);
        await inner.ApplyAsync(cancellation).ConfigureAwait(false);
        _cycle = CycleAsync(_stop);
    }

    public async Task ClearAsync(CancellationToken cancellation)
    {
        _stop.Set();
        try
        {
            await _cycle.WaitAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            // Whatever the cycle was about: the last word is to bring it back.
            await inner.ClearAsync(cancellation).ConfigureAwait(false);
        }
    }

    public Task<bool> VerifyHealedAsync(CancellationToken cancellation) => inner.VerifyHealedAsync(cancellation);

    private async Task CycleAsync(Timeline.StopSignal stop)
    {
        var (down, up) = (Down.DurationOf(Fault.Fault), Up.DurationOf(Fault.Fault));
        while (!await stop.ComesWithinAsync(down).ConfigureAwait(false))
        {
            await inner.ClearAsync(CancellationToken.None).ConfigureAwait(false);
            while (!stop.IsSet && !await inner.VerifyHealedAsync(CancellationToken.None).ConfigureAwait(false))
            {
                await stop.ComesWithinAsync(LookAgain).ConfigureAwait(false);
            }

            if (!await stop.ComesWithinAsync(up).ConfigureAwait(false))
            {
                await inner.ApplyAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }
}
