using System.Globalization;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Files.Keys;

/// <summary>
/// Gives faults their times and ids. A fault's time lies inside the fault phase: the baseline must be clean to be a measure, and
/// recovery starts when the last fault ends. One that waits for another fault gets the earliest time that it can have.
/// </summary>
internal sealed class FaultTimes
{
    private readonly IReadOnlyList<FaultLine> _lines;
    private readonly (TimeSpan Start, TimeSpan End) _phase;
    private readonly Reading _reading;
    private readonly string[] _ids;
    private readonly (TimeSpan At, TimeSpan For)?[] _times;
    private readonly HashSet<int> _open = [];

    private FaultTimes(IReadOnlyList<FaultLine> lines, (TimeSpan Start, TimeSpan End) phase, Reading reading)
    {
        (_lines, _phase, _reading) = (lines, phase, reading);
        _ids = [.. lines.Select((line, number) => line.Id ?? string.Create(CultureInfo.InvariantCulture, $"{line.Fault.Kind}-{number + 1}"))];
        _times = new (TimeSpan, TimeSpan)?[lines.Count];
    }

    public static IReadOnlyList<Fault> Place(IReadOnlyList<FaultLine> lines, PhaseDurations phases, Reading reading)
    {
        var start = phases.WarmUp + phases.Baseline;
        if (lines.Count > 0 && phases.Fault == TimeSpan.Zero)
        {
            reading.Report(lines[0].Place, "a fault, but the fault phase is 0s", "write phases: { fault: 10s }");
            return [];
        }

        var times = new FaultTimes(lines, (start, start + phases.Fault), reading);
        times.CheckIds();
        return [.. lines.Select((line, number) => times.TimeOf(number) is var (at, length)
            ? line.Fault with { Id = times._ids[number], At = at, For = length, Schedule = Scheduled(line, length) }
            : line.Fault)];
    }

    private void CheckIds()
    {
        for (var number = 0; number < _ids.Length; number++)
        {
            if (Array.IndexOf(_ids, _ids[number]) < number)
            {
                _reading.Report(_lines[number].Place, $"a second fault with the id {Shown.Quoted(_ids[number])}", "give each fault its own id");
            }
        }
    }

    private (TimeSpan At, TimeSpan For) TimeOf(int number)
    {
        if (_times[number] is { } known)
        {
            return known;
        }

        _open.Add(number);
        var line = _lines[number];
        var at = line.Fault.Schedule.After is { } after ? Earliest(line, after) : line.At ?? _phase.Start;
        var length = line.For ?? Natural(line, at);
        if (line.Part is { } part)
        {
            (at, length) = (at + Round(part.From * length), Round(part.Length * length));
        }

        _open.Remove(number);
        _times[number] = (at, length);
        CheckTime(line, at, length);
        CheckWindows(line, length);
        return (at, length);
    }

    /// <summary>To the millisecond: plans are read by people.</summary>
    private static TimeSpan Round(TimeSpan time) => TimeSpan.FromMilliseconds(Math.Floor(time.TotalMilliseconds));

    /// <summary>Windows of a preset's part are as long as the pauses between them.</summary>
    private static FaultSchedule Scheduled(FaultLine line, TimeSpan length)
    {
        if (line.Part is not { Windows: > 1 and var windows })
        {
            return line.Fault.Schedule;
        }

        var each = Round(length / ((2 * windows) - 1));
        return line.Fault.Schedule with { Repeat = new FaultRepeat.Burst(windows, 2 * each) { For = each } };
    }

    /// <summary>A burst is as long as its windows need; everything else lasts to the end of the fault phase.</summary>
    private TimeSpan Natural(FaultLine line, TimeSpan at) => line.Fault.Schedule.Repeat is FaultRepeat.Burst burst
        ? ((burst.Windows - 1) * burst.Every) + burst.For
        : TimeSpan.FromTicks(Math.Max(0, (_phase.End - at).Ticks));

    /// <summary>When the fault that is waited for can be so far at the earliest.</summary>
    private TimeSpan Earliest(FaultLine line, FaultTrigger after)
    {
        var other = Array.IndexOf(_ids, after.Fault);
        if (other < 0)
        {
            _reading.Report(line.AfterPlace, $"there is no fault with the id {Shown.Quoted(after.Fault)}", Nearest.Remedy(after.Fault, _ids));
            return _phase.Start;
        }

        if (_open.Contains(other))
        {
            _reading.Report(line.AfterPlace, $"the fault waits for {Shown.Quoted(after.Fault)}, which waits for it", "give one of them at:");
            return _phase.Start;
        }

        var (at, length) = TimeOf(other);
        var early = after.Moment is FaultMoment.Started or FaultMoment.Detected || _lines[other].Fault.Schedule.Until is not null;
        return at + (early ? TimeSpan.Zero : length) + after.Delay;
    }

    private void CheckTime(FaultLine line, TimeSpan at, TimeSpan length)
    {
        var allowed = $"the fault phase is {Seconds(_phase.Start)} to {Seconds(_phase.End)} from the start of the run";
        if (at < _phase.Start || at >= _phase.End)
        {
            var isAfter = line.Fault.Schedule.After is not null;
            _reading.Report(
                isAfter ? line.AfterPlace : line.AtPlace,
                $"the fault starts at {Seconds(at)}{(isAfter ? " at the earliest" : "")}, outside the fault phase",
                $"{allowed}; {(isAfter ? "shorten what it waits for" : "move at:")} or change phases:");
        }
        else if (at + length > _phase.End)
        {
            _reading.Report(
                line.For is null ? line.AtPlace : line.ForPlace,
                $"the fault ends at {Seconds(at + length)}, after the fault phase",
                $"{allowed}; shorten for: or lengthen phases.fault");
        }
    }

    private void CheckWindows(FaultLine line, TimeSpan length)
    {
        var (needed, count, name) = line.Fault.Schedule.Repeat switch
        {
            FaultRepeat.Burst burst => (((burst.Windows - 1) * burst.Every) + burst.For, burst.Windows, "burst"),
            FaultRepeat.Poisson poisson => (poisson.For, 1, "poisson"),
            _ => (TimeSpan.Zero, 0, ""),
        };
        if (needed > length)
        {
            _reading.Report(line.ForPlace, $"{count} {(count == 1 ? "window" : "windows")} of the {name} need {Seconds(needed)}, and the fault lasts {Seconds(length)}",
                "lengthen for:, or take fewer or shorter windows");
        }
    }

    private static string Seconds(TimeSpan time) =>
        (time.Ticks / (decimal)TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture) + "s";
}
