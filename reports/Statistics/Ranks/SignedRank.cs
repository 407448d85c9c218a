using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Statistics.Ranks;

/// <summary>
/// Pairs of runs: ranks of the differences' sizes with their signs (Wilcoxon, Biometrics Bulletin 1, 1945); zeros are left out. Variance
/// n(n + 1)(2n + 1)/24 - Σ(t³ - t)/48, continuity correction 1/2.
/// </summary>
/// <param name="W">The smaller of the two rank sums.</param>
/// <param name="PseudoMedian">Median of all means of two differences, each with itself too (Hodges and Lehmann).</param>
/// <param name="SignTest">Exact two-sided, by the signs alone.</param>
public sealed record SignedRank(double W, double TwoSided, double PseudoMedian, double SignTest)
{
    /// <summary>All means of two are made: beyond this there would be too many of them.</summary>
    private const int Most = 5_000;

    public static Answer<SignedRank> Of(ReadOnlySpan<double> differences)
    {
        if (Guard.Finite(differences, 1, "list of differences") is { } lack)
        {
            return lack;
        }

        var known = differences.ToArray().Where(value => value != 0).ToArray();
        if (known.Length == 0)
        {
            return new Lack(LackKind.NoSpread, "every difference is zero");
        }

        if (differences.Length > Most)
        {
            return Lack.NotDefined($"{differences.Length} pairs are more than {Most}");
        }

        var ranks = MidRanks.Of(Array.ConvertAll(known, Math.Abs));
        var up = known.Select((value, i) => value > 0 ? ranks.Ranks[i] : 0).Sum();
        double n = known.Length;
        var (w, mean) = (Math.Min(up, (n * (n + 1) / 2) - up), n * (n + 1) / 4);
        var sigma = Math.Sqrt((n * (n + 1) * ((2 * n) + 1) / 24) - (ranks.TieTerm / 48));
        var z = Math.Min(0, w - mean + 0.5) / sigma;
        var positive = known.Count(value => value > 0);
        var signs = Binomial.AtMost(Math.Min(positive, known.Length - positive), known.Length, 0.5);
        return new SignedRank(w, Math.Min(1, 2 * Normal.CDF(0, 1, z)), WalshMedian(differences), Math.Min(1, 2 * signs));
    }

    private static double WalshMedian(ReadOnlySpan<double> values)
    {
        var means = new double[values.Length * (values.Length + 1) / 2];
        var next = 0;
        for (var i = 0; i < values.Length; i++)
        {
            for (var j = i; j < values.Length; j++)
            {
                means[next++] = (values[i] + values[j]) / 2;
            }
        }

        return Quantiles.QuantileEstimators.Of(means, 0.5).Value;
    }
}
