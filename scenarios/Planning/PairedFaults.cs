namespace ChaosBench.Scenarios.Planning;

/// <summary>
/// Faults of an A/B run: both arms of a pair must meet them at the same offsets, or one version is measured under a fault that the other
/// one did not have. What begins in the middle of a pair is moved:
/// <code>
/// asked for:   |  A 1  |  B 1  |  B 2  |  A 2  |          ------- the fault -------
///                  -----------------------
/// requests:    |    ---|    ---|-------|-------|          half of its time in the pair for each arm, at the same offsets of both blocks
/// all others:  |-------|-------|-------|-------|          whole pairs: a replica is killed once, not once for each arm
/// </code>
/// </summary>
internal static class PairedFaults
{
    /// <summary>The fault as it acts in these pairs. One that waits for another is placed when that one is over, by nobody's plan.</summary>
    public static PlannedFault In(PlannedFault fault, IReadOnlyList<Blocks.Stretch> stretches)
    {
        if (stretches[0].Plays.Count != 2 || fault.Fault.Schedule.After is not null)
        {
            return fault;
        }

        var perRequest = PlannedVictims.AreRequests(fault.Fault.Scope) || InputFaults.Handles(fault.Fault.Kind);
        var windows = Merged(fault.Windows.SelectMany(window => perRequest ? Shared(window, stretches) : [Whole(window, stretches)]));
        return windows.Count == 0 || windows.SequenceEqual(fault.Windows) ? fault
            : fault with
            {
                Start = windows[0].Start, End = windows[^1].End, Windows = windows, Latest = Math.Max(fault.Latest, windows[^1].End),
            };
    }

    /// <summary>The part of each pair that the window covers, shared out between its two blocks.</summary>
    private static IEnumerable<FaultWindow> Shared(FaultWindow window, IReadOnlyList<Blocks.Stretch> stretches)
    {
        foreach (var stretch in stretches)
        {
            var (start, end) = (stretch.Plays[0].Start, stretch.Plays[1].End);
            var (from, to) = (Math.Max(window.Start, start), Math.Min(window.End, end));
            if (from < to)
            {
                var (first, last) = ((from - start) / 2, (to - start + 1) / 2);
                foreach (var play in stretch.Plays)
                {
                    yield return window with { Start = play.Start + first, End = Math.Min(play.End, play.Start + last) };
                }
            }
        }
    }

    /// <summary>From the nearest beginning of a pair to the nearest end of one, one pair at least.</summary>
    private static FaultWindow Whole(FaultWindow window, IReadOnlyList<Blocks.Stretch> stretches)
    {
        var first = stretches.MinBy(stretch => Math.Abs(stretch.Plays[0].Start - window.Start))!;
        var last = stretches.Where(stretch => stretch.Plays[0].Start >= first.Plays[0].Start)
            .MinBy(stretch => Math.Abs(stretch.Plays[1].End - window.End))!;
        return window with { Start = first.Plays[0].Start, End = last.Plays[1].End };
    }

    /// <summary>Windows that touch or overlap and have the same parameters are one.</summary>
    private static List<FaultWindow> Merged(IEnumerable<FaultWindow> windows)
    {
        var merged = new List<FaultWindow>();
        foreach (var window in windows.OrderBy(window => window.Start))
        {
            if (merged.Count > 0 && merged[^1].End >= window.Start)
            {
                merged[^1] = ReferenceEquals(merged[^1].With, window.With)
                    ? merged[^1] with { End = Math.Max(merged[^1].End, window.End) }
                    : merged[^1];
                if (ReferenceEquals(merged[^1].With, window.With) || window.End <= merged[^1].End)
                {
                    continue;
                }

                merged.Add(window with { Start = merged[^1].End });
            }
            else
            {
                merged.Add(window);
            }
        }

        return merged;
    }
}
