namespace ChaosBench.Reports.Statistics.Sequential;

/// <summary>
/// Student's test of a mean that may be looked at after every value, for a deviation that nobody knows. The evidence against a mean of m
/// is the ratio of likelihoods of what does not depend on the scale, mixed over effects δ = (mean - m)/σ ~ N(0, g) (Lai, Annals of
/// Statistics 4, 1976; Rouder et al., Psychonomic Bulletin and Review 16, 2009, in closed form):
/// <code>
/// B_n = √(1/A) ((1 + t²/(n-1)) / (1 + t²/(A(n-1))))^(n/2),   A = 1 + ng,   t = (x̄ - m) √n / s
/// </code>
/// B_n is a martingale with mean 1 under the null, so that it ever reaches 1/α with a chance of at most α (Ville 1939). Of the half of
/// the mixture on one side: at least 2 B_n - √(1/A) when x̄ lies there, because the other half is then at most what it is at t = 0. Exact
/// for normal values that do not depend on each other, at every n from 2 on. Feed it pairs of blocks, not requests.
/// </summary>
/// <param name="Prior">g: variance of the effects that are looked for, in standard deviations of one value. Above 0.</param>
public sealed record StudentSequence(double Prior)
{
    private readonly double _checked = Prior > 0 && double.IsFinite(Prior)
        ? Prior : throw new ArgumentOutOfRangeException(nameof(Prior), $"a variance above 0 is asked for, got {Prior}");

    /// <summary>Narrowest at about so many values: g = (-2 ln α + ln(-2 ln α + 1))/n, as for <see cref="AsymptoticSequence"/>.</summary>
    public static StudentSequence For(long count, double alpha = 0.05)
    {
        var rho = AsymptoticSequence.For(count, alpha).Rho;
        return new StudentSequence(rho * rho);
    }

    /// <summary>
    /// Bound on the chance that evidence this strong against "the mean is not above the limit" is ever seen, at whatever look, if the mean lay
    /// on the limit or below it: 1/(2 B_n - √(1/A)), at most 1.
    /// </summary>
    /// <param name="deviation">With the n - 1 divisor. Above 0.</param>
    public double ChanceAbove(double mean, double deviation, long count, double limit)
    {
        Check(deviation, count);
        if (mean <= limit)
        {
            return 1;
        }

        var (a, free) = (1 + (count * _checked), count - 1.0);
        var t2 = (mean - limit) * (mean - limit) * count / (deviation * deviation);
        var log = (-0.5 * Math.Log(a)) + (count / 2.0 * (Log1P(t2 / free) - Log1P(t2 / (a * free))));
        return log > 600 ? Math.Exp(-log) : Math.Min(1, 1 / Math.Max(1e-300, (2 * Math.Exp(log)) - Math.Sqrt(1 / a)));
    }

    /// <summary>The same of "the mean is not below the limit".</summary>
    public double ChanceBelow(double mean, double deviation, long count, double limit) => ChanceAbove(-mean, deviation, count, -limit);

    /// <summary>
    /// How far a one-sided bound is from the mean: limits farther away have a chance below <paramref name="alpha"/>. Infinite while there are
    /// too few values for any.
    /// </summary>
    public double Radius(double deviation, long count, double alpha = 0.05)
    {
        Check(deviation, count);
        Guard.Share(alpha, nameof(alpha));
        var a = 1 + (count * _checked);
        var level = Math.Pow(((Math.Sqrt(a) / alpha) + 1) / 2, 2.0 / count);
        return level >= a ? double.PositiveInfinity
            : deviation * Math.Sqrt((level - 1) / (1 - (level / a)) * (count - 1.0) / count);
    }

    private static double Log1P(double value) => value < 1e-5 ? value - (value * value / 2) : Math.Log(1 + value);

    private static void Check(double deviation, long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        if (!(deviation > 0) || !double.IsFinite(deviation))
        {
            throw new ArgumentOutOfRangeException(nameof(deviation), $"a deviation above 0 is asked for, got {deviation}");
        }
    }
}
