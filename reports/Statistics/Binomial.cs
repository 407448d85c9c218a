using MathNet.Numerics;

namespace ChaosBench.Reports.Statistics;

/// <summary>
/// Tails of the binomial law through the regularized incomplete beta function: P(X &gt;= k) = I_p(k, n - k + 1)
/// (Abramowitz and Stegun 26.5.24). Exact up to rounding at any n, unlike a sum of terms.
/// </summary>
public static class Binomial
{
    /// <summary>P(X &gt;= k) for X of n tries with chance p.</summary>
    public static double AtLeast(long k, long n, double p)
    {
        if (k <= 0)
        {
            return 1;
        }

        if (k > n || p <= 0)
        {
            return 0;
        }

        return p >= 1 ? 1 : SpecialFunctions.BetaRegularized(k, n - k + 1, p);
    }

    /// <summary>P(X &lt;= k).</summary>
    public static double AtMost(long k, long n, double p)
    {
        if (k >= n)
        {
            return 1;
        }

        if (k < 0 || p >= 1)
        {
            return 0;
        }

        // I_{1-p}(n - k, k + 1) rather than 1 - P(X > k): small tails keep their digits.
        return p <= 0 ? 1 : SpecialFunctions.BetaRegularized(n - k, k + 1, 1 - p);
    }
}
