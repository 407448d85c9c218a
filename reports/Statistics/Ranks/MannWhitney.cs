using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Statistics.Ranks;

/// <summary>
/// Whether values of one sample tend to be larger (Mann and Whitney, Annals of Mathematical Statistics 18, 1947), with mid-ranks and
/// the tie-corrected deviation: U = R_x - n(n + 1)/2, σ² = nm/12 ((N + 1) - Σ(t³ - t)/(N(N - 1))), z with continuity correction.
/// It is blind to tails and takes values as independent: never gate a p99 on it.
/// </summary>
/// <param name="U">Pairs in which x is larger, ties counted half.</param>
/// <param name="OtherU">nm - U.</param>
/// <param name="Sigma">0 when all values are alike.</param>
/// <param name="Z">(max(U) - nm/2 - 1/2)/σ; null when all values are alike.</param>
/// <param name="TwoSided">By the normal approximation, at most 1; 1 when all values are alike.</param>
/// <param name="Superiority">P(X &gt; Y) + P(X = Y)/2: the effect size.</param>
/// <param name="Exact">By counting all splits of the joint ranks, ties included; null for more than 60 values together.</param>
public sealed record MannWhitney(double U, double OtherU, double Sigma, double? Z, double TwoSided, double Superiority, MannWhitney.Permuted? Exact)
{
    private const int MostExact = 60;

    /// <param name="Splits">How many ways there are to split the values.</param>
    public sealed record Permuted(double TwoSided, double Greater, double Splits);

    public static Answer<MannWhitney> Of(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (Guard.BothOrdered(x, y, 1) is { } lack)
        {
            return lack;
        }

        var (n, m) = ((double)x.Length, (double)y.Length);
        var (total, joint) = (n + m, MidRanks.Joint(x, y));
        var rankSum = joint.Ranks.Take(x.Length).Sum();
        var u = rankSum - (n * (n + 1) / 2);
        var sigma = Math.Sqrt(Math.Max(0, n * m / 12 * (total + 1 - (joint.TieTerm / (total * (total - 1))))));
        double? z = sigma == 0 ? null : (Math.Max(u, (n * m) - u) - (n * m / 2) - 0.5) / sigma;
        return new MannWhitney(
            u,
            (n * m) - u,
            sigma,
            z,
            z is { } known ? Math.Min(1, 2 * Normal.CDF(0, 1, -known)) : 1,
            u / (n * m),
            total <= MostExact ? ByCounting(joint.Ranks, x.Length, rankSum) : null);
    }

    /// <summary>
    /// How many choices of n joint ranks have which sum, by adding one rank after the other. Mid-ranks are halves, so their doubles are
    /// whole and the counting is exact (below 2^53 splits, and to rounding above).
    /// </summary>
    private static Permuted ByCounting(double[] ranks, int n, double rankSum)
    {
        var doubled = Array.ConvertAll(ranks, rank => (int)Math.Round(2 * rank));
        var most = doubled.Sum();
        var counts = new double[n + 1][];
        for (var size = 0; size <= n; size++)
        {
            counts[size] = new double[most + 1];
        }

        counts[0][0] = 1;
        foreach (var rank in doubled)
        {
            for (var size = n; size >= 1; size--)
            {
                for (var sum = most; sum >= rank; sum--)
                {
                    counts[size][sum] += counts[size - 1][sum - rank];
                }
            }
        }

        var (seen, middle) = (2 * rankSum, n * (double)most / ranks.Length);
        var (all, greater, far) = (0.0, 0.0, 0.0);
        for (var sum = 0; sum <= most; sum++)
        {
            var count = counts[n][sum];
            all += count;
            greater += sum >= seen - 1e-9 ? count : 0;
            far += Math.Abs(sum - middle) >= Math.Abs(seen - middle) - 1e-9 ? count : 0;
        }

        return new Permuted(far / all, greater / all, all);
    }
}
