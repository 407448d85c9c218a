using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Statistics;

/// <summary>
/// Mean with one-sided Student bounds: D ± t(confidence, R - 1) s / √R (Student 1908; used both ways it is the pair of one-sided tests
/// of Schuirmann 1987). The unit of analysis is what is passed in: blocks or runs, not requests.
/// </summary>
/// <param name="StandardError">s / √R with the R - 1 divisor.</param>
public sealed record MeanBounds(double Mean, double StandardError, double Low, double High, int Count)
{
    /// <summary>Null with fewer than two values or a value that is not finite.</summary>
    public static MeanBounds? Of(IReadOnlyCollection<double> values, double confidence = 0.95)
    {
        if (values.Count < 2 || values.Any(value => !double.IsFinite(value)))
        {
            return null;
        }

        var mean = values.Average();
        var error = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1) / values.Count);
        return Around(mean, error, values.Count, confidence);
    }

    /// <summary>The same from the moments of a sample that is not kept.</summary>
    /// <param name="variance">With the n - 1 divisor.</param>
    public static MeanBounds? Of(double mean, double variance, int count, double confidence = 0.95) =>
        count < 2 || !double.IsFinite(mean) || !double.IsFinite(variance) ? null
        : Around(mean, Math.Sqrt(variance / count), count, confidence);

    /// <summary>Chance of a mean this far on the bad side of a limit, or farther, if the truth lay on it: Student's t, one-sided.</summary>
    public double ChanceBeyond(double limit, bool worseIsMore)
    {
        var t = (Mean - limit) / StandardError;
        return StudentT.CDF(0, 1, Count - 1, worseIsMore ? -t : t);
    }

    private static MeanBounds Around(double mean, double error, int count, double confidence)
    {
        var reach = error * StudentT.InvCDF(0, 1, count - 1, confidence);
        return new MeanBounds(mean, error, mean - reach, mean + reach, count);
    }
}
