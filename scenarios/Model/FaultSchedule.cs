namespace ChaosBench.Scenarios.Model;

/// <summary>
/// What of its time a fault acts, how strongly, and what starts or ends it. Nothing set: once, from <see cref="Fault.At"/> for
/// <see cref="Fault.For"/>, at full strength.
/// </summary>
public sealed record FaultSchedule
{
    public static FaultSchedule Whole { get; } = new();

    /// <summary>Several windows in place of one; null: one.</summary>
    public FaultRepeat? Repeat { get; init; }

    /// <summary>Strength that changes over the fault's time; null: constant.</summary>
    public FaultRamp? Ramp { get; init; }

    /// <summary>Only these of the requests it could hit, by number from 1 in the order of the plan. Empty: the coin decides.</summary>
    public IReadOnlyList<int> Nth { get; init; } = [];

    /// <summary>The fault ends when this holds, and at the end of its time at the latest; null: at the end of its time.</summary>
    public AbortCondition? Until { get; init; }

    /// <summary>What starts it; null: its time.</summary>
    public FaultTrigger? After { get; init; }
}

/// <summary>When a fault with several windows acts. A closed set.</summary>
public abstract record FaultRepeat
{
    private FaultRepeat() { }

    /// <summary>Length of one window.</summary>
    public required TimeSpan For { get; init; }

    /// <summary>So many windows, from start to start one <paramref name="Every"/>.</summary>
    public sealed record Burst(int Windows, TimeSpan Every) : FaultRepeat;

    /// <summary>Gaps between the end of one window and the start of the next (and before the first) are exponential; the seed draws them.</summary>
    public sealed record Poisson(TimeSpan Mean) : FaultRepeat;
}

/// <summary>A linear change from the start of a fault to its end.</summary>
/// <param name="Of"><c>share</c>, which changes with every request, or a numeric parameter of the fault, which changes in steps.</param>
/// <param name="From">Base units: a share of 1, seconds, bytes, per second, a count.</param>
/// <param name="Steps">Of a parameter; each is a window of its own.</param>
/// <param name="IsWhole">Of a parameter that has no fractions: a count, a size.</param>
public sealed record FaultRamp(string Of, double From, double To, int Steps = 10, bool IsWhole = false)
{
    public const string Share = "share";

    public bool IsOfShare => Of == Share;

    /// <summary>At a part of the way, 0 to 1.</summary>
    public double At(double part) => From + ((To - From) * Math.Clamp(part, 0, 1));
}

/// <summary>A moment in the life of another fault that starts this one.</summary>
/// <param name="Fault">Its id.</param>
public sealed record FaultTrigger(string Fault, FaultMoment Moment, TimeSpan Delay);

public enum FaultMoment
{
    /// <summary>It is in place.</summary>
    Started,

    /// <summary>It was lifted for the last time.</summary>
    Ended,

    /// <summary>It was verified to be gone.</summary>
    Healed,

    /// <summary>Something noticed it while it was there.</summary>
    Detected,
}
