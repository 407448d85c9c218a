namespace ChaosBench.Server.Dependencies;

/// <summary>
/// When a dependency is left alone: at least <see cref="Share"/> of at least <see cref="Calls"/> calls within <see cref="Window"/>
/// failed. After <see cref="Pause"/> one call is let through; its success closes the breaker again.
/// </summary>
public sealed record BreakerOptions
{
    /// <summary>Above 0, at most 1. Default 0.5.</summary>
    public double Share { get; init; } = 0.5;

    /// <summary>At least 2. Default 8.</summary>
    public int Calls { get; init; } = 8;

    /// <summary>At least 500 ms. Default 5 s.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>At least 500 ms. Default 1 s.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);
}
