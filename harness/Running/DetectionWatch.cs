using ChaosBench.Chaos.Timeline;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>
/// Tells faults that wait for a detection of another one that it happened. The report attributes detections afterwards with the whole
/// journal before it; here the first one counts that the active fault can have caused.
/// </summary>
internal sealed class DetectionWatch(Plan plan, FaultMoments moments)
{
    private readonly PlannedFault[] _awaited =
    [
        .. plan.Faults.Where(fault => plan.Faults.Any(
            other => other.Fault.Schedule.After is { Moment: FaultMoment.Detected } after && after.Fault == fault.Fault.Id)),
    ];

    public void Hear(JournalEvent.Detection detection)
    {
        foreach (var fault in _awaited)
        {
            if (moments.IsActive(fault.Fault.Id) && CanMean(detection, fault.Fault))
            {
                moments.Reached(fault.Fault.Id, FaultMoment.Detected, detection.At);
            }
        }
    }

    private static bool CanMean(JournalEvent.Detection seen, Fault fault) => seen switch
    {
        { What: "replica-ready" or "readmitted" or "dependency-breaker-probing" or "dependency-breaker-closed" } => false,
        { Source: not null } => seen is { Mitigates: not true, What: not "resolved" } && (seen.Fault is null || seen.Fault == fault.Id),
        { By: "router" or "health-probe" or "supervisor" } => fault.Scope is FaultScope.Replica or FaultScope.Process or FaultScope.Model or FaultScope.Host,
        { By: "dependency" } => fault.Kind.StartsWith("dependency.", StringComparison.Ordinal),
        { By: "guardrail" or "admission" or "scheduler" or "rollout" } => false,
        _ => true,
    };
}
