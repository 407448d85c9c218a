using ChaosBench.Chaos.Docker;
using ChaosBench.Chaos.Leases;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary><c>node.freeze</c> on a container: the engine's pause, which the kernel's freezer holds, and unpause.</summary>
internal sealed class ContainerFreeze(PlannedFault fault, Container container, IAnnouncer announcer)
    : ContainerFault(fault, container, announcer)
{
    protected override IReadOnlyList<HealAction> HealsOf(ContainerFacts facts) => [new HealAction.UnpauseContainer(Engine.Socket, facts.Id)];

    protected override Task BreakAsync(ContainerFacts facts, CancellationToken cancellation) => Engine.PauseAsync(facts.Id, cancellation);
}
