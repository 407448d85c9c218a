using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Statistics.Shares;

/// <summary>Two-sided intervals of a share from the beta law, beside <see cref="Wilson"/>'s.</summary>
public static class ExactIntervals
{
    /// <summary>
    /// Clopper and Pearson (Biometrika 26, 1934): never covers less than it says, so it is wide. Beta quantiles at α/2 of (k, n - k + 1) and
    /// at 1 - α/2 of (k + 1, n - k).
    /// </summary>
    public static Answer<(double Low, double High)> ClopperPearson(long hits, long total, double confidence = 0.95) =>
        Between(hits, total, confidence, 0);

    /// <summary>
    /// Beta quantiles of Jeffreys' posterior (k + 1/2, n - k + 1/2), with the closed end at 0 or 1 where nothing or everything hit
    /// (Brown, Cai and DasGupta, Statistical Science 16, 2001).
    /// </summary>
    public static Answer<(double Low, double High)> Jeffreys(long hits, long total, double confidence = 0.95) =>
        Between(hits, total, confidence, 0.5);

    private static Answer<(double Low, double High)> Between(long hits, long total, double confidence, double prior)
    {
        Guard.Share(confidence, nameof(confidence));
        if (Guard.Count(hits, total, "share") is { } lack)
        {
            return lack;
        }

        var tail = (1 - confidence) / 2;
        var misses = total - hits;
        var more = prior == 0 ? 1 : prior;
        return (
            hits == 0 ? 0 : Beta.InvCDF(hits + prior, misses + more, tail),
            misses == 0 ? 1 : Beta.InvCDF(hits + more, misses + prior, 1 - tail));
    }
}
