using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Statistics.Means;

/// <summary>How many pairs a difference takes to be seen.</summary>
public static class SampleSize
{
    /// <summary>(z_{1-α/2} + z_{power})² variance / effect² (Miller 2024, arXiv:2411.00640), rounded up.</summary>
    /// <param name="variance">Of the paired differences.</param>
    /// <param name="effect">The smallest difference that matters.</param>
    public static Answer<long> Pairs(double variance, double effect, double alpha = 0.05, double power = 0.8)
    {
        Guard.Share(alpha, nameof(alpha));
        Guard.Share(power, nameof(power));
        if (!(variance >= 0 && double.IsFinite(variance)) || !double.IsFinite(effect) || effect == 0)
        {
            return Lack.NotDefined($"a variance of {variance} and an effect of {effect} ask for no number of pairs");
        }

        var z = Normal.InvCDF(0, 1, 1 - (alpha / 2)) + Normal.InvCDF(0, 1, power);
        return Rounded(z * z * variance / (effect * effect));
    }

    /// <summary>
    /// How many pairs in all bring the one-sided bound of a mean to one side of a limit, if mean and deviation stay what they are: the
    /// smallest R with t(confidence, R - 1) s / √R &lt; |mean - limit|.
    /// </summary>
    public static Answer<long> ToDecide(double mean, double deviation, double limit, double confidence = 0.95)
    {
        Guard.Share(confidence, nameof(confidence));
        var gap = Math.Abs(mean - limit);
        if (!(deviation >= 0) || !double.IsFinite(deviation) || !(gap > 0) || !double.IsFinite(gap))
        {
            return Lack.NotDefined("what was seen lies on the limit itself: no number of pairs decides that");
        }

        // The normal law gives a start from below; t needs a few more.
        var z = Normal.InvCDF(0, 1, confidence);
        var start = Math.Max(2, Math.Ceiling(z * z * deviation * deviation / (gap * gap)));
        if (start > 1e9)
        {
            return Lack.NotDefined("what was seen lies so near the limit that no affordable number of pairs decides");
        }

        var pairs = (long)start;
        while (StudentT.InvCDF(0, 1, pairs - 1, confidence) * deviation / Math.Sqrt(pairs) >= gap)
        {
            pairs++;
        }

        return pairs;
    }

    private static Answer<long> Rounded(double pairs) =>
        pairs > 1e15 ? Lack.NotDefined("more pairs than can be counted") : (long)Math.Ceiling(pairs);
}
