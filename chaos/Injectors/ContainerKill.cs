using ChaosBench.Chaos.Docker;
using ChaosBench.Chaos.Leases;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary><c>node.kill</c> on a container: SIGKILL by the engine, and a start when the window ends.</summary>
internal sealed class ContainerKill(PlannedFault fault, Container container, IAnnouncer announcer)
    : ContainerFault(fault, container, announcer)
{
    protected override IReadOnlyList<HealAction> HealsOf(ContainerFacts facts) => [new HealAction.StartContainer(Engine.Socket, facts.Id)];

    protected override Task BreakAsync(ContainerFacts facts, CancellationToken cancellation) => Engine.KillAsync(facts.Id, cancellation);
}
