using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Statistics.Means;

/// <summary>
/// A total over another total, such as cost per successful request, R = Σc / Σs, with the variance of the delta method,
/// (s_c² + R² s_s² - 2 R s_cs) / (n s̄²) (Cochran, Sampling Techniques, 2.11). Failures and retries raise it though the cost of a request
/// stays the same.
/// </summary>
public sealed record RatioEstimate(double Ratio, double StandardError, int Count)
{
    public static Answer<RatioEstimate> Of(ReadOnlySpan<double> above, ReadOnlySpan<double> below)
    {
        if (Guard.Paired(above, below, 2) is { } lack)
        {
            return lack;
        }

        var (c, s) = (Moments.Of(above), Moments.Of(below));
        if (s.Mean <= 0)
        {
            return Lack.NotDefined("nothing to divide by: not one success");
        }

        var shared = 0.0;
        for (var i = 0; i < above.Length; i++)
        {
            shared += (above[i] - c.Mean) * (below[i] - s.Mean);
        }

        shared /= above.Length - 1;
        var ratio = c.Mean / s.Mean;
        var variance = (c.Variance + (ratio * ratio * s.Variance) - (2 * ratio * shared)) / (above.Length * s.Mean * s.Mean);
        return new RatioEstimate(ratio, Math.Sqrt(Math.Max(0, variance)), above.Length);
    }

    /// <summary>By the normal law, two-sided.</summary>
    public (double Low, double High) Interval(double confidence = 0.95)
    {
        var reach = StandardError * Normal.InvCDF(0, 1, (1 + confidence) / 2);
        return (Ratio - reach, Ratio + reach);
    }
}
