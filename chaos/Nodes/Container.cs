using ChaosBench.Chaos.Docker;
using ChaosBench.Chaos.Leases;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Nodes;

/// <summary>One container of a Docker engine, as a victim.</summary>
/// <param name="name">Name or id, as the scenario has it.</param>
internal sealed class Container(string name, DockerEngine engine, ILeases leases)
{
    public string Name => "container " + name;

    public DockerEngine Engine => engine;

    /// <summary>By its id from then on: a name may move to another container.</summary>
    /// <exception cref="FaultRefusedException">It does not run, or is held still already.</exception>
    public async Task<ContainerFacts> FindAsync(CancellationToken cancellation)
    {
        ContainerFacts facts;
        try
        {
            facts = await engine.InspectAsync(name, cancellation).ConfigureAwait(false);
        }
        catch (DockerException trouble)
        {
            throw new FaultRefusedException(trouble.Message);
        }

        return facts.State switch
        {
            { Running: false } => throw new FaultRefusedException($"container '{name}' does not run; start it first"),
            { Paused: true } => throw new FaultRefusedException($"container '{name}' is paused already; unpause it first"),
            _ => facts,
        };
    }

    public Task<IHeldLease> TakeAsync(PlannedFault fault, HealAction heal, CancellationToken cancellation) =>
        leases.TakeAsync(fault.Fault.Id, heal, NodeFaults.Ttl(fault), cancellation);
}
