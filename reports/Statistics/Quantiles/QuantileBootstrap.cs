using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Statistics.Quantiles;

/// <summary>
/// The bootstrap of a quantile without resampling: the k-th smallest of n draws with replacement is x_(⌈n U⌉) with U the k-th of n
/// uniform numbers, and that is Beta(k, n - k + 1) (David and Nagaraja, Order Statistics; Davison and Hinkley 1997, 2.6). Two
/// neighbouring ones come together: U_k = U_(k+1) V^(1/k). Exact in law, and each resample costs the same however large the sample is.
/// Independent values are assumed; for dependent ones see the block bootstrap.
/// </summary>
public static class QuantileBootstrap
{
    /// <summary>Differences candidate - baseline of the type-7 quantile, in the order of drawing.</summary>
    /// <param name="logs">Of logarithms: e to the result is a ratio. Values must then be positive.</param>
    public static Answer<double[]> Differences(
        ReadOnlySpan<double> candidate, ReadOnlySpan<double> baseline, double probability, bool logs, int resamples, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(resamples);
        Guard.Share(probability, nameof(probability));
        if (Guard.BothFinite(candidate, baseline, 2) is { } lack)
        {
            return lack;
        }

        var (mine, theirs) = (QuantileEstimators.Sorted(candidate), QuantileEstimators.Sorted(baseline));
        if (logs && (mine[0] <= 0 || theirs[0] <= 0))
        {
            return Lack.NotDefined("a ratio takes positive values");
        }

        var random = new SplitMix64(seed);
        var differences = new double[resamples];
        for (var i = 0; i < resamples; i++)
        {
            var (one, other) = (Draw(mine, probability, random), Draw(theirs, probability, random));
            differences[i] = logs ? Math.Log(one / other) : one - other;
        }

        return differences;
    }

    /// <summary>The type-7 quantile of one resample.</summary>
    private static double Draw(double[] sorted, double probability, SplitMix64 random)
    {
        var n = sorted.Length;
        var place = 1 + ((n - 1) * probability);
        var rank = (int)Math.Floor(place);
        var fraction = place - rank;
        if (rank >= n || fraction <= 0)
        {
            return At(sorted, RandomDraws.Beta(random, rank, n - rank + 1));
        }

        var upper = RandomDraws.Beta(random, rank + 1, n - rank);
        var lower = upper * Math.Exp(-random.NextExponential() / rank);
        return At(sorted, lower) + (fraction * (At(sorted, upper) - At(sorted, lower)));
    }

    private static double At(double[] sorted, double uniform) =>
        sorted[Math.Clamp((int)Math.Ceiling(sorted.Length * uniform), 1, sorted.Length) - 1];
}
