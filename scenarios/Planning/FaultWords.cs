using System.Globalization;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>A fault's schedule in words, for people and for the plan's canonical text.</summary>
internal static class FaultWords
{
    /// <summary>What the canonical line of a fault says beyond its time; empty for a fault that acts once, as ever.</summary>
    public static string Canonical(PlannedFault fault)
    {
        var schedule = fault.Fault.Schedule;
        var text = "";
        if (schedule.Ramp is { } ramp)
        {
            text += Invariant($" ramp={ramp.Of}:{ramp.From:R}:{ramp.To:R}");
        }

        if (schedule.Nth.Count > 0)
        {
            text += " nth=" + string.Join(',', schedule.Nth);
        }

        if (schedule.Repeat is not null || schedule.Ramp is { IsOfShare: false })
        {
            text += " windows=" + string.Join(',', fault.Windows.Select(window => Invariant($"{window.Start}-{window.End}")));
        }

        // A condition may hold any text that a metric's cohort can: its hash stands for it, so that it cannot fake a line.
        return text
            + (schedule.Until is { } until ? Invariant($" until={KeyedHash.Hash64(0, "until", until.Condition.Text):x16}:{Nanos.From(until.For)}") : "")
            + (schedule.After is { } after ? Invariant($" after={after.Moment}:{Nanos.From(after.Delay)}:{KeyedHash.Hash64(0, "after", after.Fault):x16}") : "");
    }

    /// <summary>Lines for the summary of a plan: every window, and what a run decides.</summary>
    public static IEnumerable<string> Lines(PlannedFault fault)
    {
        var schedule = fault.Fault.Schedule;
        if (schedule.After is { } after)
        {
            yield return Invariant($"after {after.Fault} {Word(after.Moment)}{(after.Delay > TimeSpan.Zero ? $" and {Seconds(Nanos.From(after.Delay))} more" : "")}: the times here are the earliest; over by {Seconds(fault.Latest)}");
        }

        if (fault.Fault.Pauses)
        {
            yield return $"waits for a person: the times here are the earliest; over by {Seconds(fault.Latest)}";
        }

        if (schedule.Until is { } until)
        {
            yield return Invariant($"until '{until.Condition.Text}' (held for {until.For.TotalSeconds:0.###}s), and no longer than its time");
        }

        if (schedule.Ramp is { } ramp)
        {
            yield return ramp.IsOfShare
                ? Invariant($"share {new Share(ramp.From)} to {new Share(ramp.To)}, linear over its time")
                : Invariant($"{ramp.Of} {ramp.From:0.######} to {ramp.To:0.######} in {ramp.Steps} steps");
        }

        if (schedule.Nth.Count > 0)
        {
            yield return $"only number {string.Join(", ", schedule.Nth)} of the requests that it could hit";
        }

        if (fault.Windows.Count > 1 || schedule.Repeat is not null)
        {
            var how = schedule.Repeat switch
            {
                FaultRepeat.Burst burst => Invariant($"burst: one every {burst.Every.TotalSeconds:0.###}s"),
                FaultRepeat.Poisson poisson => Invariant($"poisson: mean gap {poisson.Mean.TotalSeconds:0.###}s, drawn by the seed"),
                _ => "step by step",
            };
            yield return $"{fault.Windows.Count} windows ({how}): "
                + string.Join(", ", fault.Windows.Select(window => $"{Seconds(window.Start)}-{Seconds(window.End)}"));
        }
    }

    public static string Word(FaultMoment moment) => moment switch
    {
        FaultMoment.Started => "has started",
        FaultMoment.Ended => "has ended",
        FaultMoment.Healed => "is healed",
        FaultMoment.Detected => "is detected",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Seconds(long nanos) => Invariant($"{Nanos.ToSeconds(nanos):0.###}s");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
