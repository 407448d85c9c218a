namespace ChaosBench.Scenarios;

/// <summary>Requests per second. Written <c>40/s</c>, <c>600/min</c> or <c>2/h</c> in scenario files.</summary>
public readonly record struct Rate(double PerSecond)
{
    public override string ToString() => FormattableString.Invariant($"{PerSecond:0.###}/s");
}

/// <summary>A share of a whole, 0 to 1. Written <c>30%</c> in scenario files.</summary>
public readonly record struct Share(double Value)
{
    public override string ToString() => FormattableString.Invariant($"{Value * 100:0.###}%");
}

/// <summary>Nanoseconds of the plan and the journal: integers, so that a plan is byte-identical everywhere.</summary>
public static class Nanos
{
    public const long PerSecond = 1_000_000_000;
    public const long PerMillisecond = 1_000_000;

    /// <summary>A <see cref="TimeSpan"/> tick is 100 ns, so this is exact.</summary>
    public static long From(TimeSpan span) => span.Ticks * 100;

    /// <summary>Seconds to nanoseconds, rounded to the nearest (ties to even).</summary>
    public static long FromSeconds(double seconds) => (long)Math.Round(seconds * PerSecond);

    public static double ToSeconds(long nanos) => nanos / (double)PerSecond;
}
