using ChaosBench.Reports.Statistics;

namespace ChaosBench.Reports.Measuring;

/// <summary>
/// Values of one metric in seconds: sorted and exact up to a million, a histogram of three digits beyond. Positive infinity stands for
/// requests that never came to an end. Nothing here invents a number: what an empty sample does not have is null.
/// </summary>
public sealed class Distribution
{
    private readonly double[] _sorted = [];
    private readonly DistributionBuilder.Coarse? _coarse;
    private readonly IReadOnlyList<DistributionBuilder.LimitCount> _limits = [];

    public Distribution(IEnumerable<double> values)
        : this(values.ToArray())
    {
    }

    /// <param name="values">Taken over, not copied.</param>
    internal Distribution(double[] values)
    {
        Array.Sort(values);
        (_sorted, Count) = (values, values.Length);
    }

    internal Distribution(DistributionBuilder.Coarse coarse, IReadOnlyList<DistributionBuilder.LimitCount> limits)
    {
        (_coarse, _limits, Count) = (coarse, limits, coarse.Count);
    }

    public int Count { get; }

    /// <summary>Relative precision of <see cref="Quantile"/> and <see cref="AtRank"/>; null where every value is kept.</summary>
    public double? Precision => _coarse is null ? null : 0.001;

    public double? Min => Count == 0 ? null : _coarse?.Min ?? _sorted[0];
    public double? Max => Count == 0 ? null : _coarse?.Max ?? _sorted[^1];
    public double? Mean => Count == 0 ? null : _coarse is null ? _sorted.Average()
        : _coarse.Infinite > 0 ? double.PositiveInfinity : _coarse.Mean;

    /// <summary>Values at infinity: what never came to an end.</summary>
    public int Infinite => _coarse?.Infinite ?? _sorted.Count(double.IsPositiveInfinity);

    /// <summary>Student bounds of the mean; null with fewer than two values or one without end.</summary>
    public MeanBounds? MeanBounds(double confidence) => _coarse is null ? Statistics.MeanBounds.Of(_sorted, confidence)
        : _coarse.Infinite > 0 ? null
        : Statistics.MeanBounds.Of(_coarse.Mean, _coarse.Variance, Count, confidence);

    /// <param name="rank">1 to <see cref="Count"/>, in rising order.</param>
    public double AtRank(int rank) => _coarse?.AtRank(rank) ?? _sorted[rank - 1];

    /// <summary>
    /// Type 7 of Hyndman and Fan 1996: linear between the order statistics around (n - 1) p. A percentile that lies between a finite
    /// value and infinity is infinite.
    /// </summary>
    /// <param name="probability">0 to 1.</param>
    public double? Quantile(double probability)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(probability);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(probability, 1);
        if (Count == 0)
        {
            return null;
        }

        var place = (Count - 1) * probability;
        var below = (int)Math.Floor(place);
        var fraction = place - below;
        if (fraction <= 0 || below + 1 >= Count)
        {
            return AtRank(below + 1);
        }

        var (low, high) = (AtRank(below + 1), AtRank(below + 2));
        return low.Equals(high) ? low : low + (fraction * (high - low));
    }

    /// <summary>
    /// How many values are above <paramref name="limit"/>; with <paramref name="orEqual"/> also those equal to it. Beyond a million values
    /// exact for the limits that the builder was told, else to <see cref="Precision"/>.
    /// </summary>
    public int CountAbove(double limit, bool orEqual)
    {
        if (_coarse is not null)
        {
            return _limits.FirstOrDefault(known => known.Limit.Equals(limit)) is { } known
                ? known.Above + (orEqual ? known.Equal : 0)
                : _coarse.CountAbove(limit);
        }

        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (orEqual ? _sorted[middle] >= limit : _sorted[middle] > limit)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return Count - low;
    }
}

/// <summary>Hits among all, both counted; scores between 0 and 1 add up to fractional hits.</summary>
public readonly record struct ShareCount(double Hits, long Total)
{
    /// <summary>Null of nothing.</summary>
    public double? Value => Total > 0 ? Hits / Total : null;
}

/// <summary>Amounts per second of the slice's phases, in order of time; the last second of a phase may be shorter and is left out.</summary>
/// <param name="Amount">All of it.</param>
/// <param name="Seconds">Length of the phases.</param>
public sealed record RateSeries(double Amount, double Seconds, IReadOnlyList<double> PerSecond)
{
    public double? Value => Seconds > 0 ? Amount / Seconds : null;
}
