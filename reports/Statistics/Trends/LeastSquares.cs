using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Statistics.Trends;

/// <summary>The slope of least squares with Student's interval, s²/Σ(x - x̄)² with n - 2 degrees. For comparison: odd points move it.</summary>
public sealed record LeastSquares(double Slope, double Intercept, double Low, double High)
{
    public static Answer<LeastSquares> Fit(ReadOnlySpan<double> x, ReadOnlySpan<double> y, double confidence = 0.95)
    {
        Guard.Share(confidence, nameof(confidence));
        if (Guard.Paired(x, y, 3) is { } lack)
        {
            return lack;
        }

        var (mx, my) = (Moments.Of(x), Moments.Of(y));
        var square = mx.Variance * (x.Length - 1);
        if (square == 0)
        {
            return new Lack(LackKind.NoSpread, "all points are of one time");
        }

        var (shared, rest) = (0.0, 0.0);
        for (var i = 0; i < x.Length; i++)
        {
            shared += (x[i] - mx.Mean) * (y[i] - my.Mean);
        }

        var slope = shared / square;
        var intercept = my.Mean - (slope * mx.Mean);
        for (var i = 0; i < x.Length; i++)
        {
            rest += Math.Pow(y[i] - intercept - (slope * x[i]), 2);
        }

        var reach = Math.Sqrt(rest / (x.Length - 2) / square) * StudentT.InvCDF(0, 1, x.Length - 2, (1 + confidence) / 2);
        return new LeastSquares(slope, intercept, slope - reach, slope + reach);
    }
}
