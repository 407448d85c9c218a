using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos;

/// <summary>How long a slow dependency takes: fixed, normal, or lognormal through two of its quantiles.</summary>
internal sealed record LatencyDistribution(TimeSpan Median, TimeSpan P99)
{
    /// <summary>No draw is longer: the tail of a lognormal has no end.</summary>
    public static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(60);

    /// <summary>Of a normal distribution around the median; null: lognormal.</summary>
    public TimeSpan? Deviation { get; init; }

    /// <summary>The standard normal's 99 % quantile.</summary>
    private const double Z99 = 2.3263478740408408;

    public static LatencyDistribution Of(Fault fault)
    {
        if (fault.Has("delay"))
        {
            var delay = fault.Duration("delay", TimeSpan.Zero);
            return new LatencyDistribution(delay, delay);
        }

        if (fault.Has("mean"))
        {
            var mean = fault.Duration("mean", TimeSpan.Zero);
            return new LatencyDistribution(mean, mean) { Deviation = fault.Duration("deviation", mean / 4) };
        }

        var median = fault.Duration("p50", TimeSpan.FromMilliseconds(80));
        var tail = fault.Duration("p99", TimeSpan.FromMilliseconds(900));
        return new LatencyDistribution(median, tail < median ? median : tail);
    }

    /// <summary>The delay of one lookup: the same for the same seed, fault and key.</summary>
    public TimeSpan Draw(ulong seed, string fault, string key)
    {
        if (Deviation is { } deviation)
        {
            // A delay is never negative: what lies below is none.
            var drawn = Median.TotalSeconds + (deviation.TotalSeconds * Normal(KeyedHash.Stream(seed, fault + ".delay", key)));
            return TimeSpan.FromSeconds(Math.Clamp(drawn, 0, Ceiling.TotalSeconds));
        }

        if (P99 == Median || Median == TimeSpan.Zero)
        {
            return Median;
        }

        var sigma = Math.Log(P99 / Median) / Z99;
        var seconds = Median.TotalSeconds * Math.Exp(sigma * Normal(KeyedHash.Stream(seed, fault + ".delay", key)));
        return TimeSpan.FromSeconds(Math.Min(seconds, Ceiling.TotalSeconds));
    }

    /// <summary>Standard normal by Box and Muller's transform.</summary>
    private static double Normal(SplitMix64 random) =>
        Math.Sqrt(2 * random.NextExponential()) * Math.Cos(2 * Math.PI * random.NextDouble());
}
