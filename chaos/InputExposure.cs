using ChaosBench.Scenarios.Model;
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
        var names = InputFaults.Catalogue.Select(kind => kind.Name).ToHashSet();
        _faults = [.. plan.Faults.Where(fault => names.Contains(fault.Fault.Kind))];
    }

    /// <summary>Call once for each request that goes out. Thread-safe.</summary>
    /// <param name="at">Planned time; in a closed workload the time of sending.</param>
    public void OnSent(Arrival arrival, long at)
    {
        foreach (var fault in _faults)
        {
            var hit = arrival.InputFaults.Contains(fault.Fault.Id);
            if (!hit && (at < fault.Start || at >= fault.End || !IsEligible(arrival, fault.Fault)))
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

    private static bool IsEligible(Arrival arrival, Fault fault) =>
        arrival.Cohort.Role != PromptRole.Canary
        && (!fault.Select.TryGetValue("prompts", out var prompts) || prompts == arrival.Cohort.Prompts);
}
