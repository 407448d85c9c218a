using ChaosBench.Reports.Statistics.Quantiles;
using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Statistics.Trends;

/// <summary>
/// A line by the median of all pairwise slopes (Theil 1950), with Sen's interval from the law of Kendall's statistic (Sen, Journal of the
/// American Statistical Association 63, 1968), corrected for ties in time and value: a few odd points do not move it.
/// </summary>
/// <param name="Low">Two-sided bound.</param>
/// <param name="Intercept">Median y - slope × median x.</param>
public sealed record TheilSen(double Slope, double Low, double High, double Intercept)
{
    /// <summary>Pairs grow with the square.</summary>
    public const int Most = 3_000;

    public static Answer<TheilSen> Fit(ReadOnlySpan<double> x, ReadOnlySpan<double> y, double confidence = 0.95)
    {
        Guard.Share(confidence, nameof(confidence));
        if (Guard.Paired(x, y, 3) is { } lack)
        {
            return lack;
        }

        if (x.Length > Most)
        {
            return Lack.NotDefined($"{x.Length} points are more than {Most}; take block medians");
        }

        var slopes = Slopes(x, y);
        if (slopes.Length == 0)
        {
            return new Lack(LackKind.NoSpread, "all points are of one time");
        }

        double n = x.Length;
        var spread = Math.Sqrt(((n * (n - 1) * ((2 * n) + 5)) - Ties(x) - Ties(y)) / 18) * Normal.InvCDF(0, 1, (1 + confidence) / 2);
        var high = (int)Math.Min(Math.Round((slopes.Length + spread) / 2), slopes.Length - 1);
        var low = (int)Math.Max(Math.Round((slopes.Length - spread) / 2) - 1, 0);
        var slope = QuantileEstimators.OfSorted(slopes, 0.5);
        return new TheilSen(
            slope, slopes[low], slopes[high], QuantileEstimators.Of(y, 0.5).Value - (slope * QuantileEstimators.Of(x, 0.5).Value));
    }

    private static double[] Slopes(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var slopes = new List<double>(x.Length * (x.Length - 1) / 2);
        for (var i = 0; i < x.Length; i++)
        {
            for (var j = i + 1; j < x.Length; j++)
            {
                if (!x[i].Equals(x[j]))
                {
                    slopes.Add((y[j] - y[i]) / (x[j] - x[i]));
                }
            }
        }

        return [.. slopes.Order()];
    }

    /// <summary>Σ t(t - 1)(2t + 5) over groups of t equal values.</summary>
    internal static double Ties(ReadOnlySpan<double> values) =>
        values.ToArray().CountBy(value => value).Sum(group => (double)group.Value * (group.Value - 1) * ((2.0 * group.Value) + 5));
}
