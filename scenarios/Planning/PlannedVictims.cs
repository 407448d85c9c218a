using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>Which planned requests a fault can hit, and which it does, where the plan can know: open workloads.</summary>
public static class PlannedVictims
{
    /// <summary>Its units are requests that the plan lists.</summary>
    public static bool AreRequests(FaultScope scope) => scope is FaultScope.Request or FaultScope.Stream;

    /// <summary>The coin is tossed about this arrival: a window is open, <c>select: prompts</c> means it, and it is no canary.</summary>
    public static bool IsEligible(PlannedFault fault, Arrival arrival) => InputFaults.Handles(fault.Fault.Kind)
        ? InputFaults.IsEligible(fault, arrival, arrival.At)
        : fault.ActsAt(arrival.At) && arrival.Cohort.Role != PromptRole.Canary
            && (fault.Fault.Scope != FaultScope.Stream || arrival.Sampling.Stream)
            && (!fault.Fault.Select.TryGetValue("prompts", out var set) || set == arrival.Cohort.Prompts);

    /// <summary>
    /// The fault with its victims fixed where its schedule needs the plan for that: numbered requests, and a share that changes with
    /// the planned time. In an A/B run the candidate's arrivals decide for both arms.
    /// </summary>
    /// <param name="twins">The arms have the same arrivals; else all arrivals decide, whoever gets them.</param>
    internal static PlannedFault Fix(PlannedFault fault, ulong seed, IReadOnlyList<Arrival> arrivals, bool twins)
    {
        var schedule = fault.Fault.Schedule;
        if (!AreRequests(fault.Fault.Scope) || (schedule.Nth.Count == 0 && schedule.Ramp is not { IsOfShare: true }))
        {
            return fault;
        }

        var eligible = arrivals.Where(arrival => (!twins || arrival.Role == TargetRole.Candidate) && IsEligible(fault, arrival));
        var chosen = schedule.Nth.Count > 0
            ? eligible.Where((_, place) => schedule.Nth.Contains(place + 1))
            : eligible.Where(arrival => fault.Hits(seed, arrival.Key, arrival.At));
        return fault with { Chosen = chosen.Select(arrival => arrival.Key).ToHashSet(StringComparer.Ordinal) };
    }
}
