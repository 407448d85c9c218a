using System.Globalization;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>
/// Gives faults their windows and ids. A window lies inside the fault phase: the baseline must be clean to be a measure, and
/// recovery starts when the last fault ends.
/// </summary>
internal static class FaultTimes
{
    public static IReadOnlyList<Fault> Place(IReadOnlyList<FaultLine> lines, PhaseDurations phases, Reading reading)
    {
        var start = phases.WarmUp + phases.Baseline;
        var end = start + phases.Fault;
        if (lines.Count > 0 && phases.Fault == TimeSpan.Zero)
        {
            reading.Report(lines[0].Place, "a fault, but the fault phase is 0s", "write phases: { fault: 10s }");
            return [];
        }

        var faults = new List<Fault>(lines.Count);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var number = 0; number < lines.Count; number++)
        {
            var line = lines[number];
            var at = line.At ?? start;
            var length = line.For ?? end - at;
            CheckWindow(line, at, length, (start, end), reading);
            var id = line.Id ?? string.Create(CultureInfo.InvariantCulture, $"{line.Fault.Kind}-{number + 1}");
            if (!ids.Add(id))
            {
                reading.Report(line.Place, $"a second fault with the id {Shown.Quoted(id)}", "give each fault its own id");
            }

            faults.Add(line.Fault with { Id = id, At = at, For = length });
        }

        return faults;
    }

    private static void CheckWindow(
        FaultLine line, TimeSpan at, TimeSpan length, (TimeSpan Start, TimeSpan End) phase, Reading reading)
    {
        var allowed = $"the fault phase is {Seconds(phase.Start)} to {Seconds(phase.End)} from the start of the run";
        if (at < phase.Start || at >= phase.End)
        {
            reading.Report(line.AtPlace, $"the fault starts at {Seconds(at)}, outside the fault phase",
                $"{allowed}; move at: or change phases:");
        }
        else if (at + length > phase.End)
        {
            reading.Report(
                line.For is null ? line.AtPlace : line.ForPlace,
                $"the fault ends at {Seconds(at + length)}, after the fault phase",
                $"{allowed}; shorten for: or lengthen phases.fault");
        }
    }

    private static string Seconds(TimeSpan time) =>
        (time.Ticks / (decimal)TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture) + "s";
}
