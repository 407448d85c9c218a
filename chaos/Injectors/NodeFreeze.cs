using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary>
/// <c>node.freeze</c>: one replica's process is stopped and let go again, the grey failure that no broken connection tells of. Which one:
/// <c>select: { replica: 1 }</c>, else the seed decides. A frozen worker needs no lease: the kernel kills it with the harness.
/// </summary>
internal sealed class NodeFreeze(PlannedFault fault, ulong seed, IReadOnlyList<IReplicaControl> targets, IAnnouncer announcer)
    : IInjector
{
    public static FaultKind Kind { get; } = new(
        "node.freeze", Vantage.Server, FaultScope.Replica, "node", Fidelity.Real,
        "A replica's worker process is held still (SIGSTOP) and goes on when the window ends (SIGCONT): it is there and answers nothing. Needs isolation: process; "
        + "or a local process by select: { pidFile }, a target's own command, or a container (paused) by select: { container }.",
        "The router misses the signs of life, sends nothing more there and fails over what has streamed nothing; it sends there again once the replica answers.",
        [],
        "{ at: 25s, for: 10s, fault: node.freeze, select: { replica: 1 }, expect: { detectedWithin: 3s, recoveredWithin: 5s } }");

    public PlannedFault Fault { get; } = fault;

    public Task ApplyAsync(CancellationToken cancellation)
    {
        foreach (var target in targets)
        {
            var victim = Victim(target);
            for (var replica = 0; replica < target.Count; replica++)
            {
                announcer.Unit(Fault, ReplicaVictim.Key(replica), UnitEvent.Eligible);
            }

            announcer.Unit(Fault, ReplicaVictim.Key(victim), UnitEvent.Selected);
            target.Freeze(victim);
            announcer.Unit(Fault, ReplicaVictim.Key(victim), UnitEvent.Applied);
        }

        return Task.CompletedTask;
    }

    public Task ClearAsync(CancellationToken cancellation)
    {
        foreach (var target in targets)
        {
            target.Resume(Victim(target));
        }

        return Task.CompletedTask;
    }

    public Task<bool> VerifyHealedAsync(CancellationToken cancellation) =>
        Task.FromResult(targets.All(target => !target.IsFrozen(Victim(target)) && target.IsReady(Victim(target))));

    private int Victim(IReplicaControl target) => ReplicaVictim.Of(Fault.Fault, seed, target.Count);
}
