using MathNet.Numerics;

namespace ChaosBench.Reports.Statistics.Sequential;

/// <summary>
/// A sign test that may be looked at after every value: the likelihood of g good ones among n, mixed over shares of good ones uniform on
/// (1/2, 1), against the share 1/2 (Robbins 1970): 2^(n+1) B(g + 1, n - g + 1) (1 - I_{1/2}(g + 1, n - g + 1)). It ever reaches 1/α with a
/// chance of at most α when good ones are no more likely than bad ones (Ville 1939).
/// </summary>
public static class SignSequence
{
    /// <summary>Bound on the chance of ever seeing so many good ones if they were no more likely than bad ones; at most 1.</summary>
    public static double Chance(long good, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(good);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(good, count);
        double a = good + 1;
        double b = count - good + 1;
        var tail = 1 - SpecialFunctions.BetaRegularized(a, b, 0.5);
        var log = ((count + 1) * Math.Log(2)) + SpecialFunctions.BetaLn(a, b) + Math.Log(Math.Max(tail, 1e-300));
        return Math.Min(1, Math.Exp(-log));
    }
}
