namespace ChaosBench.Reports.Statistics.Sequential;

/// <summary>
/// A test of a difference of two means that may be looked at after every value (Robbins 1970; Johari, Pekelis and Walsh,
/// arXiv:1512.04922): Λ_n = √(2σ²/(2σ² + nτ²)) exp(n²τ²(d - d0)²/(4σ²(2σ² + nτ²))), p_n = min(p_{n-1}, 1/Λ_n). Stop when
/// p_n &lt;= α. Feed it runs or blocks, not requests that depend on each other.
/// </summary>
/// <param name="Variance">σ² of one value. Above 0.</param>
/// <param name="Mixture">τ² of the effects that are looked for. Above 0.</param>
public sealed record MixtureSprt(double Variance, double Mixture, double Null = 0)
{
    private readonly double _checked = Variance > 0 && Mixture > 0 && double.IsFinite(Variance) && double.IsFinite(Mixture)
        ? 1 : throw new ArgumentOutOfRangeException(nameof(Variance), $"variances above 0 are asked for, got {Variance} and {Mixture}");

    /// <summary>Always valid so far: it only falls.</summary>
    public double P { get; private init; } = 1;

    /// <param name="perArm">Values of each version so far.</param>
    /// <param name="difference">Of the two means.</param>
    public double Ratio(long perArm, double difference)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(perArm);
        var (n, shift) = ((double)perArm, difference - Null);
        var wide = (2 * Variance) + (n * Mixture);
        return _checked * Math.Sqrt(2 * Variance / wide) * Math.Exp(n * n * Mixture * shift * shift / (4 * Variance * wide));
    }

    /// <summary>The test after one more look. A difference that is not a number changes nothing.</summary>
    public MixtureSprt Look(long perArm, double difference) =>
        double.IsNaN(difference) ? this : this with { P = Math.Min(P, 1 / Ratio(perArm, difference)) };
}
