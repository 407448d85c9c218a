namespace ChaosBench.Reports.Statistics.Resampling;

/// <summary>
/// How much a series repeats itself: r_k = Σ (x_t - m)(x_{t+k} - m) / Σ (x_t - m)², and how many independent values it is worth,
/// n / (1 + 2 Σ r_k) up to the first r_k that is not positive (Geyer, Statistical Science 7, 1992), and n (1 - r1)/(1 + r1), which
/// holds when each value depends on the last one only.
/// </summary>
/// <param name="Time">1 + 2 Σ r_k, at least 1.</param>
/// <param name="Effective">n / Time.</param>
/// <param name="EffectiveByFirst">n (1 - r1)/(1 + r1), at most n.</param>
public sealed record Autocorrelation(int Count, double First, double Time, double Effective, double EffectiveByFirst)
{
    /// <summary>Longer sums would only add noise, and time.</summary>
    private const int MostLags = 10_000;

    /// <summary>Length of blocks that carry the dependence with them: max(⌈n^(1/3)⌉, 2 Time), at most n/2.</summary>
    public int BlockLength => (int)Math.Clamp(Math.Max(Math.Ceiling(Math.Cbrt(Count)), Math.Ceiling(2 * Time)), 1, Math.Max(1, Count / 2));

    public static Answer<Autocorrelation> Of(ReadOnlySpan<double> series)
    {
        if (Guard.Finite(series, 4, "series") is { } lack)
        {
            return lack;
        }

        var moments = Moments.Of(series);
        if (moments.Variance == 0)
        {
            return new Lack(LackKind.NoSpread, "all values of the series are alike");
        }

        var (sum, first) = (0.0, 0.0);
        for (var lag = 1; lag < Math.Min(series.Length, MostLags); lag++)
        {
            var r = AtLag(series, lag, moments);
            first = lag == 1 ? r : first;
            if (r <= 0)
            {
                break;
            }

            sum += r;
        }

        double n = series.Length;
        var time = 1 + (2 * sum);
        return new Autocorrelation(series.Length, first, time, n / time, Math.Min(n, n * (1 - first) / (1 + first)));
    }

    /// <summary>r_0 = 1, r_1, ... Null of a series without spread.</summary>
    public static double[]? Lags(ReadOnlySpan<double> series, int lags)
    {
        var moments = Moments.Of(series);
        if (series.Length < 2 || !(moments.Variance > 0))
        {
            return null;
        }

        var values = new double[Math.Min(lags, series.Length - 1) + 1];
        for (var lag = 0; lag < values.Length; lag++)
        {
            values[lag] = AtLag(series, lag, moments);
        }

        return values;
    }

    private static double AtLag(ReadOnlySpan<double> series, int lag, Moments moments)
    {
        var sum = 0.0;
        for (var t = 0; t + lag < series.Length; t++)
        {
            sum += (series[t] - moments.Mean) * (series[t + lag] - moments.Mean);
        }

        return sum / (moments.Variance * (moments.Count - 1));
    }
}
