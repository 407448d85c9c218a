namespace ChaosBench.Scenarios.Model;

/// <summary>Requests per second as a function of the time from the start of the run. A closed set.</summary>
public abstract record RateProfile
{
    private RateProfile() { }

    public sealed record Flat(Rate Rate) : RateProfile;

    /// <summary>A straight line over the whole run.</summary>
    public sealed record Ramp(Rate From, Rate To) : RateProfile;

    /// <summary><paramref name="From"/> until <paramref name="At"/>, then <paramref name="To"/>.</summary>
    public sealed record Step(Rate From, Rate To, TimeSpan At) : RateProfile;

    /// <summary><paramref name="Base"/>, but <paramref name="Peak"/> for a while.</summary>
    public sealed record Spike(Rate Base, Rate Peak, TimeSpan At, TimeSpan For) : RateProfile;

    /// <summary><c>mean + amplitude sin(2 pi t / period)</c>; the amplitude is at most the mean.</summary>
    public sealed record Sine(Rate Mean, Rate Amplitude, TimeSpan Period) : RateProfile;

    /// <summary>One after another; the last rate stays to the end of the run.</summary>
    public sealed record Stages(IReadOnlyList<RateStage> Each) : RateProfile;
}

/// <summary>A straight line between two rates; equal ones hold.</summary>
public sealed record RateStage(TimeSpan For, Rate From, Rate To);
