using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Statistics.Ranks;

/// <summary>
/// Whether values of one sample tend to be larger when shapes and spreads differ, where Mann and Whitney's test does not keep its level
/// (Brunner and Munzel, Biometrical Journal 42, 2000), with the t approximation.
/// </summary>
/// <param name="Statistic">Above zero when the second sample tends to be larger.</param>
/// <param name="Degrees">Satterthwaite's.</param>
/// <param name="Superiority">P(X &lt; Y) + P(X = Y)/2.</param>
public sealed record BrunnerMunzel(double Statistic, double Degrees, double TwoSided, double Superiority)
{
    public static Answer<BrunnerMunzel> Of(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (Guard.BothOrdered(x, y, 2) is { } lack)
        {
            return lack;
        }

        var (n, m) = ((double)x.Length, (double)y.Length);
        var joint = MidRanks.Joint(x, y).Ranks;
        var (meanX, varianceX) = Placements(joint.AsSpan(0, x.Length), x);
        var (meanY, varianceY) = Placements(joint.AsSpan(x.Length), y);
        var pooled = (n * varianceX) + (m * varianceY);
        if (pooled <= 0)
        {
            return new Lack(LackKind.NoSpread, "the samples do not overlap, or all values are alike: there is no variance of placements");
        }

        var statistic = n * m * (meanY - meanX) / (n + m) / Math.Sqrt(pooled);
        var degrees = pooled * pooled / ((Square(n * varianceX) / (n - 1)) + (Square(m * varianceY) / (m - 1)));
        return new BrunnerMunzel(
            statistic, degrees, Math.Min(1, 2 * StudentT.CDF(0, 1, degrees, -Math.Abs(statistic))), ((meanY - meanX) / (n + m)) + 0.5);
    }

    /// <summary>Mean joint rank, and the variance of joint less own ranks.</summary>
    private static (double Mean, double Variance) Placements(ReadOnlySpan<double> joint, ReadOnlySpan<double> values)
    {
        var own = MidRanks.Of(values).Ranks;
        var differences = new double[own.Length];
        for (var i = 0; i < own.Length; i++)
        {
            differences[i] = joint[i] - own[i];
        }

        return (Moments.Of(joint).Mean, Moments.Of(differences).Variance);
    }

    private static double Square(double value) => value * value;
}
