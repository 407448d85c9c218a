using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Statistics.Trends;

/// <summary>
/// Where the law of a series changes: E-divisive means (Matteson and James, Journal of the American Statistical Association 109, 2014,
/// arXiv:1306.4933). The best split of a stretch is that of the largest Q = nm/(n + m) E between the values from a to τ and from τ to κ,
/// E the energy distance without self-pairs, at least two values on each side. It is a change point when permutations of the stretch
/// seldom do as well, p = (1 + #{Q_b >= Q})/(1 + B); then both parts are looked at in turn. Advisory: a change that was searched for
/// among many places is not a measured difference of two versions.
/// </summary>
public static class ChangePoints
{
    /// <summary>Pairs grow with the square.</summary>
    public const int Most = 1_000;

    private const int Fewest = 4;

    /// <summary>Change points in order of time. A series that is too short has none: at least 4 values.</summary>
    public static Answer<IReadOnlyList<ChangePoint>> Find(ReadOnlySpan<double> series, double alpha = 0.05, int permutations = 199, ulong seed = 1)
    {
        Guard.Share(alpha, nameof(alpha));
        if (Guard.Finite(series, Fewest, "series") is { } lack)
        {
            return lack;
        }

        if (series.Length > Most)
        {
            return Lack.NotDefined($"{series.Length} values are more than {Most}; look at the newest ones");
        }

        var (found, random) = (new List<ChangePoint>(), new SplitMix64(seed));
        Search(series.ToArray(), 0, found);
        return found.OrderBy(point => point.Index).ToList();

        void Search(double[] stretch, int offset, List<ChangePoint> points)
        {
            if (stretch.Length < Fewest)
            {
                return;
            }

            var best = Best(stretch);
            var asGood = 0;
            var shuffled = stretch.ToArray();
            for (var number = 0; number < permutations; number++)
            {
                for (var i = shuffled.Length - 1; i > 0; i--)
                {
                    var j = random.Next(i + 1);
                    (shuffled[i], shuffled[j]) = (shuffled[j], shuffled[i]);
                }

                asGood += Best(shuffled).Q >= best.Q - 1e-12 ? 1 : 0;
            }

            var chance = (1.0 + asGood) / (1 + permutations);
            if (best.Q > 0 && chance <= alpha)
            {
                points.Add(Describe(stretch, offset, best, chance));
                Search(stretch[..best.Tau], offset, points);
                Search(stretch[best.Tau..], offset + best.Tau, points);
            }
        }
    }

    /// <summary>The split of the largest Q: τ the first value of the new regime, κ one past the last that was compared.</summary>
    public static Answer<BestSplit> Strongest(ReadOnlySpan<double> series) =>
        Guard.Finite(series, Fewest, "series") is { } lack ? lack
        : series.Length > Most ? Lack.NotDefined($"{series.Length} values are more than {Most}")
        : Best(series.ToArray());

    private static BestSplit Best(double[] x)
    {
        // below[i][j]: Σ |x_a - x_b| over a < i, b < j, so that every sum of a rectangle of pairs is four look-ups.
        var size = x.Length;
        var below = new double[(size + 1) * (size + 1)];
        for (var i = 1; i <= size; i++)
        {
            var row = 0.0;
            for (var j = 1; j <= size; j++)
            {
                row += Math.Abs(x[i - 1] - x[j - 1]);
                below[(i * (size + 1)) + j] = below[((i - 1) * (size + 1)) + j] + row;
            }
        }

        double At(int i, int j) => below[(i * (size + 1)) + j];
        var best = new BestSplit(2, size, double.NegativeInfinity, 0);
        for (var tau = 2; tau <= size - 2; tau++)
        {
            for (var kappa = tau + 2; kappa <= size; kappa++)
            {
                double n = tau;
                double m = kappa - tau;
                var across = At(tau, kappa) - At(tau, tau);
                var within = At(tau, tau);
                var beside = At(kappa, kappa) - (2 * At(tau, kappa)) + At(tau, tau);
                var energy = (2 * across / (n * m)) - (within / (n * (n - 1))) - (beside / (m * (m - 1)));
                var q = n * m / (n + m) * energy;
                best = q > best.Q + 1e-12 ? new BestSplit(tau, kappa, q, energy) : best;
            }
        }

        return best;
    }

    private static ChangePoint Describe(double[] stretch, int offset, BestSplit best, double chance)
    {
        var (before, after) = (Moments.Of(stretch.AsSpan(0, best.Tau)), Moments.Of(stretch.AsSpan(best.Tau)));
        return new ChangePoint(offset + best.Tau, before.Mean, after.Mean, chance, best.Q);
    }
}

/// <param name="Tau">Place of the first value of the new regime.</param>
/// <param name="Kappa">One past the last value that was compared.</param>
public sealed record BestSplit(int Tau, int Kappa, double Q, double Energy);

/// <param name="Index">Place of the first value of the new regime.</param>
/// <param name="Before">Mean of the stretch before it.</param>
/// <param name="After">Mean of the stretch from it on.</param>
/// <param name="P">By permutation.</param>
public sealed record ChangePoint(int Index, double Before, double After, double P, double Q)
{
    /// <summary>After over before, less one; null where before is 0.</summary>
    public double? Relative => Before == 0 ? null : (After - Before) / Math.Abs(Before);
}
