using ChaosBench.Harness.Commands;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Harness.Drills;

/// <summary>Turns scenarios into drills: faults that wait for a person, and a fault phase with room for the waiting.</summary>
internal static class GameDay
{
    public static readonly TimeSpan UsualHold = TimeSpan.FromMinutes(2);

    /// <param name="hold">By so much is the fault phase longer for each fault that waits.</param>
    /// <exception cref="UsageException">No scenario has a fault to wait before.</exception>
    public static LoadedSuite Prepare(LoadedSuite loaded, TimeSpan hold)
    {
        var scenarios = loaded.Suite.Scenarios.Select(scenario => Prepare(scenario, hold)).ToList();
        return scenarios.Exists(scenario => scenario.Faults.Any(fault => fault.Pauses))
            ? loaded with { Suite = loaded.Suite with { Scenarios = scenarios } }
            : throw new UsageException($"{loaded.Suite.Path}: --game-day, and no fault to wait before; add gameDay: pause to one.");
    }

    private static Scenario Prepare(Scenario scenario, TimeSpan hold)
    {
        var faults = scenario.Faults.Select(fault => fault with { Pauses = fault.GameDay ?? PausesByKind(fault.Kind) }).ToList();
        var phases = scenario.Phases with { Fault = scenario.Phases.Fault + (hold * faults.Count(fault => fault.Pauses)) };
        return scenario with { Faults = faults, Phases = phases };
    }

    private static bool PausesByKind(string kind) => kind.Split('.')[0] is "node" or "model" or "resource" or "dependency";
}
