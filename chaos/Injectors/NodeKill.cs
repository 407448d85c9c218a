using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary>
/// <c>node.kill</c>: one replica is lost while it serves; it comes back when the window ends. Which one: <c>select: { replica: 1 }</c>,
/// else the seed decides.
/// </summary>
internal sealed class NodeKill(PlannedFault fault, ulong seed, IReadOnlyList<IReplicaControl> targets, IAnnouncer announcer)
    : IInjector
{
    public static FaultKind Kind { get; } = new(
        "node.kill", Vantage.Server, FaultScope.Replica, "node", Fidelity.Simulated,
        "A replica of the in-process server is lost at once, with everything it was serving; it is loaded again when the window ends. "
        + "With isolation: process its worker gets a real SIGKILL, and reports say real. "
        + "Real, too: a local process by select: { pidFile } (its supervisor must bring it back), a target's own command and a container by "
        + "select: { container } (started again when the window ends).",
        "The router notices, requests that have not streamed yet fail over, the others fail with a typed error; the rest of the service goes on.",
        [],
        "{ at: 25s, for: 10s, fault: node.kill, select: { replica: 1 }, expect: { detectedWithin: 2s, recoveredWithin: 10s } }");

    public PlannedFault Fault { get; } = fault;

    public async Task ApplyAsync(CancellationToken cancellation)
    {
        foreach (var target in targets)
        {
            var victim = Victim(target);
            for (var replica = 0; replica < target.Count; replica++)
            {
                announcer.Unit(Fault, Key(replica), UnitEvent.Eligible);
            }

            announcer.Unit(Fault, Key(victim), UnitEvent.Selected);
            await target.KillAsync(victim, cancellation).ConfigureAwait(false);
            announcer.Unit(Fault, Key(victim), UnitEvent.Applied);
        }
    }

    public async Task ClearAsync(CancellationToken cancellation)
    {
        foreach (var target in targets)
        {
            await target.RestartAsync(Victim(target), cancellation).ConfigureAwait(false);
        }
    }

    public Task<bool> VerifyHealedAsync(CancellationToken cancellation) =>
        Task.FromResult(targets.All(target => target.IsReady(Victim(target))));

    private int Victim(IReplicaControl target) => ReplicaVictim.Of(Fault.Fault, seed, target.Count);

    private static string Key(int replica) => ReplicaVictim.Key(replica);
}
