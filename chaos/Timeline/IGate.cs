using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Timeline;

/// <summary>Holds faults back until a person lets them go.</summary>
public interface IGate
{
    /// <summary>Completes when this fault may act. Faults that wait together are let go one at a time, in the order in which they came.</summary>
    Task PassAsync(PlannedFault fault, CancellationToken cancellation);
}
