using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Statistics.Trends;

/// <summary>Student's test of two means with one pooled variance, divisors n - 1: how sure a change of level is once its place is known.</summary>
public sealed record PooledT(double T, double Degrees, double TwoSided)
{
    public static Answer<PooledT> Of(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (Guard.BothFinite(x, y, 2) is { } lack)
        {
            return lack;
        }

        var (a, b) = (Moments.Of(x), Moments.Of(y));
        double degrees = a.Count + b.Count - 2;
        var pooled = (((a.Count - 1) * a.Variance) + ((b.Count - 1) * b.Variance)) / degrees;
        if (pooled == 0)
        {
            return new Lack(LackKind.NoSpread, "all values are alike on both sides");
        }

        var t = (a.Mean - b.Mean) / Math.Sqrt(pooled * ((1.0 / a.Count) + (1.0 / b.Count)));
        return new PooledT(t, degrees, 2 * StudentT.CDF(0, 1, degrees, -Math.Abs(t)));
    }
}
