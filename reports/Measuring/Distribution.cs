namespace ChaosBench.Reports.Measuring;

/// <summary>
/// Values of one metric, sorted once, exact at any size. Positive infinity stands for requests that never came to an end.
/// Nothing here invents a number: what an empty sample does not have is null.
/// </summary>
public sealed class Distribution
{
    private readonly double[] _sorted;

    public Distribution(IEnumerable<double> values)
    {
        _sorted = [.. values];
        Array.Sort(_sorted);
    }

    public int Count => _sorted.Length;
    public IReadOnlyList<double> Sorted => _sorted;
    public double? Min => Count > 0 ? _sorted[0] : null;
    public double? Max => Count > 0 ? _sorted[^1] : null;
    public double? Mean => Count > 0 ? _sorted.Average() : null;

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
            return _sorted[below];
        }

        var (low, high) = (_sorted[below], _sorted[below + 1]);
        return low.Equals(high) ? low : low + (fraction * (high - low));
    }

    /// <summary>How many values are above <paramref name="limit"/>; with <paramref name="orEqual"/> also those equal to it.</summary>
    public int CountAbove(double limit, bool orEqual)
    {
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
