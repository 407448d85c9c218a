using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Statistics.Trends;

/// <summary>
/// Whether a series tends upwards (Mann, Econometrica 13, 1945; Kendall 1955): S = Σ sign(x_j - x_i) over i &lt; j, variance
/// (n(n - 1)(2n + 5) - Σ t(t - 1)(2t + 5))/18, Z = (S - sign S)/√variance. Values are taken as independent: thin out or block a series
/// that repeats itself.
/// </summary>
/// <param name="Z">0 for S = 0.</param>
public sealed record MannKendall(double S, double Variance, double Z, double TwoSided)
{
    public static Answer<MannKendall> Of(ReadOnlySpan<double> series)
    {
        if (Guard.Finite(series, 3, "series") is { } lack)
        {
            return lack;
        }

        var s = 0.0;
        for (var i = 0; i < series.Length; i++)
        {
            for (var j = i + 1; j < series.Length; j++)
            {
                s += Math.Sign(series[j] - series[i]);
            }
        }

        double n = series.Length;
        var variance = ((n * (n - 1) * ((2 * n) + 5)) - TheilSen.Ties(series)) / 18;
        if (variance <= 0)
        {
            return new Lack(LackKind.NoSpread, "all values of the series are alike");
        }

        var z = (s - Math.Sign(s)) / Math.Sqrt(variance);
        return new MannKendall(s, variance, z, Math.Min(1, 2 * Normal.CDF(0, 1, -Math.Abs(z))));
    }
}
