namespace ChaosBench.Reports.Statistics;

/// <summary>
/// The binomial law. One term by Loader's saddle-point form (Loader, Fast and Accurate Computation of Binomial Probabilities, 2000), the
/// tails by adding terms outward from the cut, each from its neighbour, until they no longer count: about √n of them, all of one sign, so
/// that small tails keep their digits at any n.
/// </summary>
public static class Binomial
{
    private const double HalfLogTwoPi = 0.91893853320467274178;

    /// <summary>P(X = k) for X of n tries with chance p.</summary>
    public static double Exactly(long k, long n, double p)
    {
        if (k < 0 || k > n)
        {
            return 0;
        }

        if (p <= 0 || p >= 1)
        {
            return k == (p <= 0 ? 0 : n) ? 1 : 0;
        }

        if (k == 0 || k == n)
        {
            return Math.Exp(n * (k == 0 ? Log1P(-p) : Math.Log(p)));
        }

        var (hits, all, misses) = ((double)k, (double)n, (double)(n - k));
        var log = Stirling(all) - Stirling(hits) - Stirling(misses) - Deviance(hits, all * p) - Deviance(misses, all * (1 - p));
        return Math.Exp(log) * Math.Sqrt(all / (hits * misses)) / Math.Exp(HalfLogTwoPi);
    }

    /// <summary>P(X &gt;= k).</summary>
    public static double AtLeast(long k, long n, double p) =>
        k <= 0 ? 1 : k > n || p <= 0 ? 0 : p >= 1 ? 1 : k > n * p ? Up(k, n, p) : 1 - Down(k - 1, n, p);

    /// <summary>P(X &lt;= k).</summary>
    public static double AtMost(long k, long n, double p) =>
        k >= n ? 1 : k < 0 || p >= 1 ? 0 : p <= 0 ? 1 : k < n * p ? Down(k, n, p) : 1 - Up(k + 1, n, p);

    /// <summary>Terms k, k + 1, ...: above the mean each is smaller than the one before.</summary>
    private static double Up(long k, long n, double p)
    {
        var term = Exactly(k, n, p);
        var sum = term;
        for (var i = k; i < n && term > sum * 1e-17; i++)
        {
            term *= (double)(n - i) / (i + 1) * (p / (1 - p));
            sum += term;
        }

        return Math.Min(1, sum);
    }

    /// <summary>Terms k, k - 1, ...: below the mean each is smaller than the one before.</summary>
    private static double Down(long k, long n, double p)
    {
        var term = Exactly(k, n, p);
        var sum = term;
        for (var i = k; i > 0 && term > sum * 1e-17; i--)
        {
            term *= (double)i / (n - i + 1) * ((1 - p) / p);
            sum += term;
        }

        return Math.Min(1, sum);
    }

    /// <summary>ln n! - Stirling's formula.</summary>
    private static double Stirling(double n)
    {
        if (n > 15)
        {
            var square = n * n;
            return ((1.0 / 12) - (((1.0 / 360) - (((1.0 / 1260) - (1.0 / 1680 / square)) / square)) / square)) / n;
        }

        var factorial = 1.0;
        for (var i = 2; i <= n; i++)
        {
            factorial *= i;
        }

        return Math.Log(factorial) - ((n + 0.5) * Math.Log(n)) + n - HalfLogTwoPi;
    }

    /// <summary>x ln(x/m) + m - x without cancellation where x is near m.</summary>
    private static double Deviance(double x, double m)
    {
        if (Math.Abs(x - m) >= 0.1 * (x + m))
        {
            return (x * Math.Log(x / m)) + m - x;
        }

        var v = (x - m) / (x + m);
        var sum = (x - m) * v;
        var term = 2 * x * v;
        for (var j = 1; j < 100; j++)
        {
            term *= v * v;
            var next = sum + (term / ((2 * j) + 1));
            if (next == sum)
            {
                break;
            }

            sum = next;
        }

        return sum;
    }

    /// <summary>ln(1 + x) that keeps small x.</summary>
    private static double Log1P(double x)
    {
        var one = 1 + x;
        return one == 1 ? x : Math.Log(one) * x / (one - 1);
    }
}
