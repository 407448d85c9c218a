using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Statistics.Ranks;

/// <summary>
/// By how much one sample is shifted: the median of all differences (Hodges and Lehmann, Annals of Mathematical Statistics 34, 1963).
/// Interval D_(k+1) to D_(nm-k) with k the largest number with P(U &lt;= k) &lt;= α/2 under the law of Mann and Whitney's U without ties;
/// by the normal approximation for more than 60 values together. Of logarithms the shift is a ratio.
/// </summary>
/// <param name="Rank">k.</param>
/// <param name="Coverage">1 - 2 P(U &lt;= k) without ties; null where the normal approximation was used.</param>
public sealed record HodgesLehmann(double Shift, double Low, double High, long Rank, double? Coverage)
{
    private const int MostExact = 60;

    public static Answer<HodgesLehmann> Of(ReadOnlySpan<double> x, ReadOnlySpan<double> y, double confidence = 0.95)
    {
        Guard.Share(confidence, nameof(confidence));
        if (Guard.BothFinite(x, y, 2) is { } lack)
        {
            return lack;
        }

        var tail = (1 - confidence) / 2;
        var (rank, below) = x.Length + y.Length <= MostExact ? ExactRank(x.Length, y.Length, tail) : NormalRank(x.Length, y.Length, tail);
        if (rank < 0)
        {
            return Lack.NotEnough($"{x.Length} and {y.Length} values have no interval of {confidence} confidence");
        }

        var differences = new PairwiseDifferences(x, y);
        return new HodgesLehmann(
            differences.Median, differences.AtRank(rank + 1), differences.AtRank(differences.Count - rank), rank, 1 - (2 * below));
    }

    /// <summary>The median of all ratios x_i / y_j: e to the shift of logarithms, but for pairs at the middle.</summary>
    public static Answer<double> Ratio(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (Guard.BothFinite(x, y, 1) is { } lack)
        {
            return lack;
        }

        var (logX, logY) = (Logs(x), Logs(y));
        if (logX is null || logY is null)
        {
            return Lack.NotDefined("a ratio takes positive values");
        }

        var differences = new PairwiseDifferences(logX, logY);
        return (Math.Exp(differences.AtRank((differences.Count + 1) / 2)) + Math.Exp(differences.AtRank((differences.Count / 2) + 1))) / 2;
    }

    private static (long Rank, double? Below) ExactRank(int n, int m, double tail)
    {
        // Number of ways to have U = u, by the recursion of Mann and Whitney as a product of polynomials.
        var counts = new double[(n * m) + 1];
        counts[0] = 1;
        for (var i = 1; i <= n; i++)
        {
            for (var u = n * m; u >= i + m; u--)
            {
                counts[u] -= counts[u - i - m];
            }

            for (var u = i; u <= n * m; u++)
            {
                counts[u] += counts[u - i];
            }
        }

        var (all, sum, below, rank) = (counts.Sum(), 0.0, 0.0, -1L);
        for (var u = 0; u <= n * m && (sum += counts[u]) / all <= tail; u++)
        {
            (rank, below) = (u, sum / all);
        }

        return (rank, below);
    }

    private static (long Rank, double? Below) NormalRank(double n, double m, double tail) =>
        ((long)Math.Floor((n * m / 2) - 0.5 + (Normal.InvCDF(0, 1, tail) * Math.Sqrt(n * m * (n + m + 1) / 12))), null);

    private static double[]? Logs(ReadOnlySpan<double> values)
    {
        var logs = values.ToArray();
        return Array.Exists(logs, value => value <= 0) ? null : Array.ConvertAll(logs, Math.Log);
    }
}
