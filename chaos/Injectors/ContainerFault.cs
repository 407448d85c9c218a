using ChaosBench.Chaos.Docker;
using ChaosBench.Chaos.Leases;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary>What the faults on a container share: find it, write the leases, break it, and the leases take it back.</summary>
internal abstract class ContainerFault(PlannedFault fault, Container container, IAnnouncer announcer) : IInjector
{
    private readonly List<IHeldLease> _held = [];
    private string? _id;

    public PlannedFault Fault { get; } = fault;

    protected DockerEngine Engine => container.Engine;

    /// <summary>What heals the fault; one lease each, written before anything breaks.</summary>
    protected abstract IReadOnlyList<HealAction> HealsOf(ContainerFacts facts);

    protected abstract Task BreakAsync(ContainerFacts facts, CancellationToken cancellation);

    public async Task ApplyAsync(CancellationToken cancellation)
    {
        announcer.Unit(Fault, container.Name, UnitEvent.Eligible);
        announcer.Unit(Fault, container.Name, UnitEvent.Selected);
        var facts = await container.FindAsync(cancellation).ConfigureAwait(false);
        foreach (var heal in HealsOf(facts))
        {
            _held.Add(await container.TakeAsync(Fault, heal, cancellation).ConfigureAwait(false));
        }

        _id = facts.Id;
        // Not to be cut short by an abort: the engine would carry it out all the same, after the heal had found nothing to do.
        await BreakAsync(facts, CancellationToken.None).ConfigureAwait(false);
        announcer.Unit(Fault, container.Name, UnitEvent.Applied);
    }

    public async Task ClearAsync(CancellationToken cancellation)
    {
        foreach (var lease in _held)
        {
            await lease.HealAsync(cancellation).ConfigureAwait(false);
        }
    }

    public async Task<bool> VerifyHealedAsync(CancellationToken cancellation) =>
        _id is null || (await Engine.InspectAsync(_id, cancellation).ConfigureAwait(false)).Serves;
}
