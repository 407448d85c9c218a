using ChaosBench.Reports.Statistics.Quantiles;
using MathNet.Numerics.Distributions;

namespace ChaosBench.Reports.Statistics.Resampling;

/// <summary>A statistic of a sample, of it alone.</summary>
public delegate double Statistic(ReadOnlySpan<double> values);

/// <summary>
/// What a statistic is on resamples of the sample (Efron 1979; Efron and Tibshirani, An Introduction to the Bootstrap, 1993). The unit of
/// resampling is what is passed in: runs, blocks or cases, not requests that depend on each other.
/// </summary>
/// <param name="Estimate">Of the sample itself.</param>
/// <param name="Values">Of each resample, rising.</param>
public sealed record Bootstrap(double Estimate, IReadOnlyList<double> Values)
{
    /// <summary>Differences below this share of the values' size are rounding.</summary>
    private const double Alike = 1e-12;

    private readonly double[] _sample = [];
    private readonly Statistic _statistic = _ => double.NaN;

    public static Answer<Bootstrap> Of(ReadOnlySpan<double> sample, Statistic statistic, IEnumerable<int[]> resamples)
    {
        ArgumentNullException.ThrowIfNull(statistic);
        ArgumentNullException.ThrowIfNull(resamples);
        if (Guard.Finite(sample, 2) is { } lack)
        {
            return lack;
        }

        var (kept, drawn, values) = (sample.ToArray(), new double[sample.Length], new List<double>());
        foreach (var places in resamples)
        {
            for (var i = 0; i < drawn.Length; i++)
            {
                drawn[i] = kept[places[i]];
            }

            values.Add(statistic(drawn));
        }

        return values.Exists(double.IsNaN) || values.Count == 0
            ? Lack.NotDefined("the statistic has no value on some resample")
            : new Bootstrap(kept, statistic, values);
    }

    private Bootstrap(double[] sample, Statistic statistic, List<double> values)
        : this(statistic(sample), [.. values.Order()]) => (_sample, _statistic) = (sample, statistic);

    /// <summary>Deviation of the resamples' values, with their number as divisor: all resamples then give the formula's value.</summary>
    public double StandardError
    {
        get
        {
            var mean = Values.Average();
            return Math.Sqrt(Values.Sum(value => (value - mean) * (value - mean)) / Values.Count);
        }
    }

    public double ShareAtLeast(double limit) => (double)Values.Count(value => value >= limit) / Values.Count;

    /// <summary>Percentile interval: the values at α/2 and 1 - α/2.</summary>
    public (double Low, double High) Percentiles(double confidence = 0.95) => Levels((1 - confidence) / 2, (1 + confidence) / 2);

    /// <summary>
    /// Bias-corrected and accelerated levels (Efron, Journal of the American Statistical Association 82, 1987): Φ(z0 + (z0 + z)/(1 - a(z0 + z))),
    /// z0 from the share of values below the estimate, ties half, a from leaving out one value at a time.
    /// </summary>
    public Answer<BcaLevels> Bca(double confidence = 0.95)
    {
        var scale = Alike * Math.Max(Math.Abs(Values[0]), Math.Abs(Values[^1]));
        var ties = Values.Count(value => Math.Abs(value - Estimate) <= scale);
        var share = (Values.Count(value => value < Estimate - scale) + (ties / 2.0)) / Values.Count;
        if (share is <= 0 or >= 1)
        {
            return new Lack(LackKind.NoSpread, "the estimate lies outside of all resamples, or they are all alike");
        }

        var (bias, acceleration) = (Normal.InvCDF(0, 1, share), Acceleration());
        double Level(double probability)
        {
            var z = bias + Normal.InvCDF(0, 1, probability);
            return Normal.CDF(0, 1, bias + (z / (1 - (acceleration * z))));
        }

        var (low, high) = (Level((1 - confidence) / 2), Level((1 + confidence) / 2));
        var (from, to) = Levels(low, high);
        return new BcaLevels(bias, acceleration, low, high, from, to);
    }

    /// <summary>Σ(m - t_i)³ / 6 (Σ(m - t_i)²)^1.5 over the statistic without one value each.</summary>
    private double Acceleration()
    {
        var without = new double[_sample.Length];
        for (var i = 0; i < without.Length; i++)
        {
            without[i] = _statistic([.. _sample[..i], .. _sample[(i + 1)..]]);
        }

        var mean = without.Average();
        var (squares, cubes) = (without.Sum(value => Math.Pow(mean - value, 2)), without.Sum(value => Math.Pow(mean - value, 3)));
        return squares == 0 ? 0 : cubes / (6 * Math.Pow(squares, 1.5));
    }

    private (double Low, double High) Levels(double low, double high)
    {
        double[] sorted = [.. Values];
        return (
            QuantileEstimators.OfSorted(sorted, low, QuantileType.InvertedCdf),
            QuantileEstimators.OfSorted(sorted, high, QuantileType.InvertedCdf));
    }
}

/// <param name="LowLevel">The share of resamples below <paramref name="Low"/>, where the plain percentile interval has α/2.</param>
public sealed record BcaLevels(double Bias, double Acceleration, double LowLevel, double HighLevel, double Low, double High);
