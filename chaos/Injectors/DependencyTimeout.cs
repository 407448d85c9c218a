using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary><c>dependency.timeout</c>: lookups of a named dependency get no answer at all.</summary>
internal sealed class DependencyTimeout(PlannedFault fault, IReadOnlyList<DependencyChaos> dependencies) : DependencyInjector(fault, dependencies)
{
    /// <summary>Beyond every limit that a server may set itself.</summary>
    public static readonly TimeSpan Never = TimeSpan.FromHours(2);

    public static FaultKind Kind { get; } = new(
        "dependency.timeout", Vantage.Server, FaultScope.Request, "dependency", Fidelity.Real,
        "Lookups of a named dependency of the in-process server are never answered: only the server's own limit ends them.",
        "The limit fires when it should, not that of the operating system; the request is served without the dependency or fails with a typed error.",
        [],
        "{ fault: dependency.timeout, select: { dependency: context-store }, share: 20% }");
}
