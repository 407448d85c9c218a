namespace ChaosBench.Engine.Pacing;

/// <summary>
/// Holds the engine's own thread until an instant of the run. Not a timer on the thread pool: those wake 0 to 4 ms late, and
/// later still when the pool is busy. Tests put a simulated clock behind it.
/// </summary>
public interface IPacer
{
    /// <summary>
    /// Returns at <paramref name="deadline"/> (nanoseconds of the run's clock), at once when that has passed, or soon after
    /// <paramref name="cancellation"/> fires. Never throws for a cancellation.
    /// </summary>
    void WaitUntil(long deadline, CancellationToken cancellation);
}

/// <summary>How the last microseconds before a deadline are waited.</summary>
/// <param name="SpinNanos">
/// Sleep ends this early and the rest is spun: 0.2 us instead of 30 us of median lateness. At most 60 us; 0 turns it off, as it must
/// be when an in-process model shares the cores, or when there is only one: a spinner starves the workers it feeds.
/// </param>
public sealed record PacerOptions(long SpinNanos)
{
    public const long MaxSpinNanos = 60_000;

    /// <summary>Spin, but only where there is a second core.</summary>
    public static PacerOptions Default { get; } = new(Environment.ProcessorCount > 1 ? MaxSpinNanos : 0);

    /// <summary>Sleep only: for targets inside this process.</summary>
    public static PacerOptions NoSpin { get; } = new(0);

    internal long Bounded => Math.Clamp(SpinNanos, 0, MaxSpinNanos);
}
