using System.Globalization;
using ChaosBench.Chaos;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>
/// Whom a proxy's faults are about in a run: what was drawn, so that both arms of a block lose the same requests, whatever else runs.
/// Canaries, and what is no request of the plan, are spared.
/// </summary>
internal sealed class PlanKeys(Plan plan) : ITrafficKeys
{
    public string? KeyOf(PlannedFault fault, string request) =>
        ArrivalOf(request) is { } arrival
        && (!fault.Fault.Select.TryGetValue("prompts", out var set) || set == arrival.Cohort.Prompts)
            ? arrival.Key
            : null;

    /// <summary>What <see cref="DependencyChaos.KeyOfRequest"/> asks: empty for those that are spared.</summary>
    public string KeyOf(string request) => ArrivalOf(request)?.Key ?? "";

    /// <summary>Null for canaries and what is no request of the plan.</summary>
    private Arrival? ArrivalOf(string request)
    {
        if (request.Length < 2 || request[0] != 'r' || plan.Arrivals.Count == 0
            || !int.TryParse(request.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            return null;
        }

        // The clients of a closed workload go round the plan's requests; an open one sends each once, and perhaps what follows it.
        var turn = 0;
        if (plan.Turns is { } turns)
        {
            if (index >= plan.Arrivals.Count + turns.Total)
            {
                return null;
            }

            (index, turn) = turns.Find(index);
        }

        var arrival = plan.Arrivals[index % plan.Arrivals.Count];
        return arrival.Cohort.Role == PromptRole.Canary ? null
            : turn == 0 ? arrival
            : arrival with { Key = string.Create(CultureInfo.InvariantCulture, $"{arrival.Key}/{turn + 1}") };
    }
}
