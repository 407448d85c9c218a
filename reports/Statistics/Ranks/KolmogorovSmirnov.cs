using ChaosBench.Reports.Statistics.Quantiles;

namespace ChaosBench.Reports.Statistics.Ranks;

/// <summary>
/// The largest distance between two empirical distributions (Kolmogorov 1933, Smirnov 1939). Exact chance by counting lattice paths
/// (Hodges 1958; Kim and Jennrich 1973), conservative with ties; asymptotic Q((√n_e + 0.12 + 0.11/√n_e) D), n_e = nm/(n + m) (Stephens 1970).
/// A diagnostic beside a gate on a quantile, not a gate.
/// </summary>
/// <param name="Exact">Null where n m is above a million.</param>
public sealed record KolmogorovSmirnov(double D, double? Exact, double Asymptotic)
{
    private const long MostPaths = 1_000_000;

    /// <summary>The exact chance where there is one.</summary>
    public double P => Exact ?? Asymptotic;

    public static Answer<KolmogorovSmirnov> Of(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (Guard.BothOrdered(x, y, 1) is { } lack)
        {
            return lack;
        }

        var distance = Distance(QuantileEstimators.Sorted(x), QuantileEstimators.Sorted(y));
        var (n, m) = (x.Length, y.Length);
        var root = Math.Sqrt((double)n * m / (n + m));
        return new KolmogorovSmirnov(
            distance, (long)n * m <= MostPaths ? Paths(n, m, distance) : null, Tail((root + 0.12 + (0.11 / root)) * distance));
    }

    private static double Distance(double[] x, double[] y)
    {
        var (i, j, most) = (0, 0, 0.0);
        while (i < x.Length && j < y.Length)
        {
            var at = Math.Min(x[i], y[j]);
            while (i < x.Length && x[i] <= at)
            {
                i++;
            }

            while (j < y.Length && y[j] <= at)
            {
                j++;
            }

            most = Math.Max(most, Math.Abs(((double)i / x.Length) - ((double)j / y.Length)));
        }

        return most;
    }

    /// <summary>
    /// Share of orderings of n and m values whose distributions come at least this far apart: one less those that stay nearer. Walked step
    /// by step with the chance of each step, so that no count overflows.
    /// </summary>
    private static double Paths(int n, int m, double distance)
    {
        // A path at (i, j) is on the way while |i/n - j/m| < D; the small slack keeps equality outside.
        bool Near(int i, int j) => Math.Abs(((double)i / n) - ((double)j / m)) < distance - 1e-12;
        var chances = new double[m + 1];
        for (var i = 0; i <= n; i++)
        {
            for (var j = 0; j <= m; j++)
            {
                var left = n - i + m - j;
                var fromX = i == 0 ? 0 : chances[j] * (n - i + 1) / (left + 1);
                var fromY = j == 0 ? 0 : chances[j - 1] * (m - j + 1) / (left + 1);
                chances[j] = !Near(i, j) ? 0 : i + j == 0 ? 1 : fromX + fromY;
            }
        }

        return Math.Clamp(1 - chances[m], 0, 1);
    }

    /// <summary>Q(λ) = 2 Σ (-1)^(k-1) e^(-2 k² λ²).</summary>
    private static double Tail(double lambda)
    {
        if (lambda < 0.2)
        {
            return 1;
        }

        var (sum, sign) = (0.0, 2.0);
        for (var k = 1; k <= 100; k++, sign = -sign)
        {
            sum += sign * Math.Exp(-2.0 * k * k * lambda * lambda);
        }

        return Math.Clamp(sum, 0, 1);
    }
}
