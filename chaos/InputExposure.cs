using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos;

/// <summary>Announces, as requests are sent, which of them met an <c>input.*</c> fault of the plan.</summary>
public sealed class InputExposure
{
    private readonly IAnnouncer _announcer;
    private readonly PlannedFault[] _faults;

    public InputExposure(Plan plan, IAnnouncer announcer)
    {
        _announcer = announcer;
        _faults = [.. plan.Faults.Where(fault => InputFaults.Handles(fault.Fault.Kind))];
    }

    /// <summary>Call once for each request that goes out. Thread-safe.</summary>
    /// <param name="at">Planned time; in a closed workload the time of sending.</param>
    public void OnSent(Arrival arrival, long at)
    {
        foreach (var fault in _faults)
        {
            var hit = arrival.InputFaults.Contains(fault.Fault.Id);
            if (!hit && !InputFaults.IsEligible(fault, arrival, at))
            {
                continue;
            }

            _announcer.Unit(fault, arrival.RequestId, UnitEvent.Eligible);
            if (hit)
            {
                _announcer.Unit(fault, arrival.RequestId, UnitEvent.Selected);
                _announcer.Unit(fault, arrival.RequestId, UnitEvent.Applied);
            }
        }
    }
}
