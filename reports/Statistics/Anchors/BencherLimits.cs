using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Statistics.Anchors;

/// <summary>
/// The limits that Bencher draws around a history of single values, to compare our gates with: z, mean + s Φ⁻¹(b), and t, the prediction
/// interval mean ± t_{b, n-1} s √(1 + 1/n) (bencherdev/bencher, documentation of thresholds). One new point against them is one look at
/// one value.
/// </summary>
public sealed record BencherLimits(double ZUpper, double TUpper, double TLower)
{
    /// <param name="boundary">Cumulative share, for example 0.977.</param>
    public static Answer<BencherLimits> Of(double mean, double deviation, int count, double boundary)
    {
        Guard.Share(boundary, nameof(boundary));
        if (count < 2)
        {
            return Lack.NotEnough($"{count} values have no deviation");
        }

        if (!double.IsFinite(mean) || !(deviation > 0) || !double.IsFinite(deviation))
        {
            return new Lack(LackKind.NoSpread, $"a deviation of {deviation} draws no limit");
        }

        var reach = StudentT.InvCDF(0, 1, count - 1, boundary) * deviation * Math.Sqrt(1 + (1.0 / count));
        return new BencherLimits(mean + (deviation * Normal.InvCDF(0, 1, boundary)), mean + reach, mean - reach);
    }
}
