using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary><c>dependency.stale_answer</c>: lookups of a named dependency get what it said before.</summary>
internal sealed class StaleAnswer(PlannedFault fault, IReadOnlyList<DependencyChaos> dependencies) : DependencyInjector(fault, dependencies)
{
    public static FaultKind Kind { get; } = new(
        "dependency.stale_answer", Vantage.Server, FaultScope.Request, "dependency", Fidelity.Real,
        "Lookups of a named dependency of the in-process server get the first answer that it gave for the same key in this run, as from a cache or a replica that "
        + "fell behind. A key that is asked for the first time is passed by.",
        "Staleness is marked or bounded; nothing is decided on a record that is out of date.",
        [],
        "{ fault: dependency.stale_answer, select: { dependency: context-store }, share: 50% }");
}
