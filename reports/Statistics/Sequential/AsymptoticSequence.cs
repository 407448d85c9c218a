namespace ChaosBench.Reports.Statistics.Sequential;

/// <summary>
/// An interval for a mean that holds at all times at once, so that one may stop at any (Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas,
/// arXiv:2103.06476): mean ± s √(2(tρ² + 1)/(t²ρ²) ln(√(tρ² + 1)/α)). Asymptotic: for means of enough values, runs or blocks.
/// </summary>
/// <param name="Rho">Where it is narrowest; <see cref="For"/> sets it for a number of values.</param>
public sealed record AsymptoticSequence(double Rho, double Alpha = 0.05)
{
    /// <summary>ρ* = √((-2 ln α + ln(-2 ln α + 1))/t*): narrowest at t* values.</summary>
    public static AsymptoticSequence For(long count, double alpha = 0.05)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        Guard.Share(alpha, nameof(alpha));
        var twice = -2 * Math.Log(alpha);
        return new AsymptoticSequence(Math.Sqrt((twice + Math.Log(twice + 1)) / count), alpha);
    }

    public double Radius(long count, double deviation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var t = count * Rho * Rho;
        return deviation * Math.Sqrt(2 * (t + 1) / (count * t) * Math.Log(Math.Sqrt(t + 1) / Alpha));
    }

    public Answer<(double Low, double High)> Around(ReadOnlySpan<double> values)
    {
        if (Guard.Finite(values, 2) is { } lack)
        {
            return lack;
        }

        var moments = Moments.Of(values);
        if (moments.Variance == 0)
        {
            return new Lack(LackKind.NoSpread, "all values are alike: the interval would have no width and be wrong");
        }

        var radius = Radius(values.Length, moments.Deviation);
        return (moments.Mean - radius, moments.Mean + radius);
    }
}
