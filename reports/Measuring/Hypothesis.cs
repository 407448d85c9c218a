using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Measuring;

/// <summary>The steady-state hypothesis over a whole run, window by window: before the first fault, while any was active, after the last.</summary>
public sealed record Hypothesis
{
    /// <summary>In words.</summary>
    public required string Text { get; init; }

    /// <summary>The scenario states one; else it is the default.</summary>
    public required bool IsDeclared { get; init; }

    /// <summary>Length of a window, seconds.</summary>
    public required double Window { get; init; }

    public required WindowCount Before { get; init; }
    public required WindowCount During { get; init; }
    public required WindowCount After { get; init; }

    /// <summary>The run ended in bad windows after every fault was lifted: seconds from that to the end of the last one. Null: it did not.</summary>
    public double? BrokenSince { get; init; }

    /// <summary>Null when no fault was injected.</summary>
    internal static Hypothesis? Of(IReadOnlyList<FaultLog> faults, SteadyState steady, long from)
    {
        var injected = faults.Where(fault => fault.InjectedAt is not null).ToList();
        if (injected.Count == 0)
        {
            return null;
        }

        var first = injected.Min(fault => fault.InjectedAt!.Value);
        var last = injected.Max(fault => fault.ClearedAt ?? long.MaxValue);
        var (before, during, after) = (new WindowCount(), new WindowCount(), new WindowCount());
        long? bad = null;
        for (var start = from; start + steady.Window <= steady.WatchedUntil; start += steady.Window)
        {
            var end = start + steady.Window;
            if (steady.HoldsIn(start, end) is not { } holds)
            {
                continue;
            }

            if (end <= first)
            {
                before = before.Add(holds, steady.Window);
            }
            else if (start >= last)
            {
                after = after.Add(holds, steady.Window);
                bad = holds ? null : end;
            }
            else if (injected.Exists(fault => fault.InjectedAt < end && start < (fault.ClearedAt ?? long.MaxValue)))
            {
                during = during.Add(holds, steady.Window);
            }
        }

        return new Hypothesis
        {
            Text = steady.Text,
            IsDeclared = steady.IsDeclared,
            Window = Nanos.ToSeconds(steady.Window),
            Before = before,
            During = during,
            After = after,
            BrokenSince = bad is { } end2 ? Nanos.ToSeconds(end2 - last) : null,
        };
    }
}

/// <summary>Windows in which somebody asked something.</summary>
/// <param name="Held">Of these, windows in which the steady state held.</param>
/// <param name="LongestBreak">Seconds of bad windows in a row.</param>
public sealed record WindowCount(int Windows = 0, int Held = 0, double LongestBreak = 0)
{
    private double Break { get; init; }

    internal WindowCount Add(bool holds, long window)
    {
        var now = holds ? 0 : Break + Nanos.ToSeconds(window);
        return this with { Windows = Windows + 1, Held = Held + (holds ? 1 : 0), Break = now, LongestBreak = Math.Max(LongestBreak, now) };
    }
}
