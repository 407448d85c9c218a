using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Statistics.Quantiles;

/// <summary>Draws from laws that the seeded generator does not have by itself.</summary>
internal static class RandomDraws
{
    /// <summary>Standard normal by Marsaglia's polar method; the radius is an exponential draw.</summary>
    public static double Normal(SplitMix64 random)
    {
        while (true)
        {
            var (u, v) = ((2 * random.NextDouble()) - 1, (2 * random.NextDouble()) - 1);
            var square = (u * u) + (v * v);
            if (square is > 0 and < 1)
            {
                return u * Math.Sqrt(2 * random.NextExponential() / square);
            }
        }
    }

    /// <summary>Gamma with scale 1 (Marsaglia and Tsang, ACM Transactions on Mathematical Software 26, 2000).</summary>
    /// <param name="shape">At least 1.</param>
    public static double Gamma(SplitMix64 random, double shape)
    {
        var d = shape - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var x = Normal(random);
            var v = 1 + (c * x);
            if (v <= 0)
            {
                continue;
            }

            v = v * v * v;
            var exponential = random.NextExponential();
            if (-exponential < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return d * v;
            }
        }
    }

    /// <summary>Beta with both shapes at least 1.</summary>
    public static double Beta(SplitMix64 random, double a, double b)
    {
        var x = Gamma(random, a);
        return x / (x + Gamma(random, b));
    }
}
