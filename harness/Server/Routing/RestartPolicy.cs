namespace ChaosBench.Server.Routing;

/// <summary>
/// How a server brings back replicas that were lost through no order: a crash, a kill from outside, a hang. Bounds as of an
/// Erlang/OTP supervisor: so many restarts within a window, then the replica stays down.
/// </summary>
public sealed record RestartPolicy
{
    /// <summary>Restarts of one replica within <see cref="Window"/>, 0 to 1,000; 0: none is ever restarted by itself. Default 5.</summary>
    public int Budget { get; init; } = 5;

    /// <summary>Default 1 min.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Wait before the first restart of a window; it doubles with each further one. Default 200 ms.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The wait grows no further. Default 10 s.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A replica that gives no sign of life for so long is killed and restarted, unless it was frozen by order. Default 10 s.</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Of the jitter.</summary>
    public long Seed { get; init; }

    /// <summary>Throws when a value is out of its range.</summary>
    internal void Validate()
    {
        if (Budget is < 0 or > 1_000)
        {
            throw new ArgumentOutOfRangeException(nameof(Budget), Budget, "The budget of restarts is outside 0 to 1000.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(Window, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestDelay, FirstDelay);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(LongestDelay, TimeSpan.FromDays(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(SilenceLimit, TimeSpan.FromMilliseconds(1));
    }
}
