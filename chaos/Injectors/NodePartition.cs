using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary>
/// <c>node.partition</c> on a replica in a process of its own: what the server and it say to each other stays on the way until the window
/// ends, and arrives then, as on a network that is mended before connections break.
/// </summary>
internal sealed class NodePartition(PlannedFault fault, ulong seed, IReadOnlyList<IReplicaControl> targets, IAnnouncer announcer) : IInjector
{
    public PlannedFault Fault { get; } = fault;

    public Task ApplyAsync(CancellationToken cancellation)
    {
        foreach (var target in targets)
        {
            for (var replica = 0; replica < target.Count; replica++)
            {
                announcer.Unit(Fault, ReplicaVictim.Key(replica), UnitEvent.Eligible);
            }

            announcer.Unit(Fault, ReplicaVictim.Key(Victim(target)), UnitEvent.Selected);
            target.Partition(Victim(target), cut: true);
            announcer.Unit(Fault, ReplicaVictim.Key(Victim(target)), UnitEvent.Applied);
        }

        return Task.CompletedTask;
    }

    public Task ClearAsync(CancellationToken cancellation)
    {
        foreach (var target in targets)
        {
            target.Partition(Victim(target), cut: false);
        }

        return Task.CompletedTask;
    }

    public Task<bool> VerifyHealedAsync(CancellationToken cancellation) => Task.FromResult(targets.All(target => target.IsReady(Victim(target))));

    private int Victim(IReplicaControl target) => ReplicaVictim.Of(Fault.Fault, seed, target.Count);
}
