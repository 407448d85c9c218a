using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary><c>dependency.error</c>: lookups of a named dependency fail.</summary>
internal sealed class DependencyError(PlannedFault fault, IReadOnlyList<DependencyChaos> dependencies)
    : DependencyInjector(fault, dependencies)
{
    public static FaultKind Kind { get; } = new(
        "dependency.error", Vantage.Server, FaultScope.Request, "dependency", Fidelity.Real,
        "Lookups of a named dependency of the in-process server fail at once.",
        "The request is served without the dependency, marked as degraded, or fails with a typed error; nothing hangs.",
        [],
        "{ fault: dependency.error, select: { dependency: context-store }, share: 50% }");
}
