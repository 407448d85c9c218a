using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary><c>dependency.latency</c>: lookups of a named dependency take longer.</summary>
internal sealed class DependencyLatency(PlannedFault fault, IReadOnlyList<DependencyChaos> dependencies)
    : DependencyInjector(fault, dependencies)
{
    public static FaultKind Kind { get; } = new(
        "dependency.latency", Vantage.Server, FaultScope.Request, "dependency", Fidelity.Real,
        "Lookups of a named dependency of the in-process server take longer: a fixed delay, normal around a mean, or lognormal through p50 and p99.",
        "The dependency's time-out fires and the request is served without it; slots are released; bystanders keep their latency.",
        [
            new FaultParameter("delay", "duration", "", "A fixed delay; leaves p50 and p99 out."),
            new FaultParameter("mean", "duration", "", "Mean of a normal delay; leaves p50 and p99 out. Below zero there is none."),
            new FaultParameter("deviation", "duration", "", "Standard deviation of the normal delay; left out: a quarter of the mean."),
            new FaultParameter("p50", "duration", "80ms", "Median of the lognormal delay."),
            new FaultParameter("p99", "duration", "900ms", "99th percentile of the lognormal delay."),
        ],
        "{ fault: dependency.latency, select: { dependency: context-store }, share: 30%, with: { p50: 80ms, p99: 900ms } }");

    public LatencyDistribution Latency { get; } = LatencyDistribution.Of(fault.Fault);
}
