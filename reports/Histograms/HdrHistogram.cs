using System.Numerics;

namespace ChaosBench.Reports.Histograms;

/// <summary>
/// Counts of integer values with a fixed relative precision: G. Tene's HdrHistogram, the layout of its reference implementation, so
/// that what is written here reads there and the other way round. Values are in units of the caller's (here nanoseconds).
/// <code>
/// precision 10^-digits of any value between the lowest discernible and the highest trackable one
/// size      about 2 * 10^digits counters for each doubling of the range, whatever the number of values
/// </code>
/// </summary>
public sealed class HdrHistogram
{
    /// <summary>Counters of the largest histogram that a foreign file may ask for: 64 MiB.</summary>
    private const int MostCounters = 8 * 1024 * 1024;

    private readonly int _unitMagnitude;
    private readonly int _halfMagnitude;
    private readonly int _half;
    private readonly long _mask;
    private readonly int _leadingBase;
    private readonly long[] _counts;

    /// <param name="lowest">Lowest discernible value, at least 1: smaller differences are not kept apart.</param>
    /// <param name="highest">Highest trackable value, at least twice the lowest.</param>
    /// <param name="digits">Significant decimal digits, 0 to 5.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range, or together they ask for too much memory.</exception>
    public HdrHistogram(long lowest, long highest, int digits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lowest, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lowest, long.MaxValue / 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(highest, 2 * lowest);
        ArgumentOutOfRangeException.ThrowIfNegative(digits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(digits, 5);
        (Lowest, Highest, Digits) = (lowest, highest, digits);
        _unitMagnitude = BitOperations.Log2((ulong)lowest);
        var single = 2 * (long)Math.Pow(10, digits);
        var magnitude = Math.Max(1, BitOperations.Log2((ulong)(single - 1)) + 1);
        _halfMagnitude = magnitude - 1;
        _half = 1 << _halfMagnitude;
        if (magnitude + _unitMagnitude > 61)
        {
            throw new ArgumentOutOfRangeException(nameof(lowest), lowest, "leaves no room for that many digits in 64 bits");
        }

        SubBuckets = 1 << magnitude;
        _mask = ((long)SubBuckets - 1) << _unitMagnitude;
        _leadingBase = 64 - _unitMagnitude - magnitude;
        Buckets = BucketsFor(highest, (long)SubBuckets << _unitMagnitude);
        var counters = (Buckets + 1L) * _half;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(counters, MostCounters, nameof(highest));
        _counts = new long[counters];
    }

    public long Lowest { get; }
    public long Highest { get; }
    public int Digits { get; }

    /// <summary>Doublings of the range, and linear steps in each: what percentile tables state at their end.</summary>
    public int Buckets { get; }

    /// <inheritdoc cref="Buckets"/>
    public int SubBuckets { get; }

    public long Count { get; private set; }

    /// <summary>The largest value, to the histogram's precision as the reference does; 0 when there is none.</summary>
    public long Max => Count == 0 ? 0 : HighestEquivalent(_max);

    /// <inheritdoc cref="Max"/>
    public long Min => Count == 0 ? 0 : CountAtIndex(0) > 0 ? 0 : LowestEquivalent(_min);

    internal int CounterCount => _counts.Length;

    private long _max;
    private long _min = long.MaxValue;

    /// <summary>Values above <see cref="Highest"/> are an error of the caller's: nothing is clipped in silence.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or does not fit, or the number of times is negative.</exception>
    public void Record(long value, long times = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfNegative(times);
        var index = IndexOf(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _counts.Length, nameof(value));
        AddAt(index, times, value);
    }

    /// <summary>Adds the other's counts at the lower edges of its steps, as the reference does; exact when both have the same layout.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The other one holds a value that does not fit.</exception>
    public void Add(HdrHistogram other)
    {
        for (var index = 0; index < other._counts.Length; index++)
        {
            if (other._counts[index] is > 0 and var times)
            {
                Record(other.ValueAt(index), times);
            }
        }
    }

    /// <summary>The value at or below which <paramref name="share"/> of the values lie, by the reference's rule; 0 when empty.</summary>
    /// <param name="share">0 to 1.</param>
    public long ValueAtShare(double share)
    {
        // The reference nudges by one ulp before rounding up, so that 1/3 of 3 values is the first.
        var percentile = Math.Clamp(share, 0, 1) * 100;
        var nudged = Math.Clamp(Math.BitDecrement(percentile), 0, 100);
        var rank = Math.Max(1, (long)Math.Ceiling(nudged * Count / 100));
        return Count == 0 ? 0 : share <= 0 ? LowestEquivalent(AtRank(rank)) : HighestEquivalent(AtRank(rank));
    }

    /// <summary>
    /// The lower edge of the step that holds the value of this rank; within one step of it, 10^-digits of the value at most.
    /// </summary>
    /// <param name="rank">1 to <see cref="Count"/>, in rising order.</param>
    public long AtRank(long rank)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, Count);
        var seen = 0L;
        var index = -1;
        while (seen < rank)
        {
            seen += _counts[++index];
        }

        return ValueAt(index);
    }

    /// <summary>Mean of the values' step middles; 0 when empty.</summary>
    public double Mean => Count == 0 ? 0 : Sum(value => MedianEquivalent(value)) / Count;

    /// <summary>Standard deviation about <see cref="Mean"/>, over all values (not n - 1), as the reference does.</summary>
    public double StandardDeviation
    {
        get
        {
            var mean = Mean;
            return Count == 0 ? 0 : Math.Sqrt(Sum(value => Math.Pow(MedianEquivalent(value) - mean, 2)) / Count);
        }
    }

    /// <summary>The smallest and the largest value that are not kept apart from this one, and their middle.</summary>
    public long LowestEquivalent(long value)
    {
        var bucket = BucketOf(value);
        return (value >>> (bucket + _unitMagnitude)) << (bucket + _unitMagnitude);
    }

    /// <inheritdoc cref="LowestEquivalent"/>
    public long HighestEquivalent(long value) => LowestEquivalent(value) + StepAt(value) - 1;

    /// <inheritdoc cref="LowestEquivalent"/>
    public long MedianEquivalent(long value) => LowestEquivalent(value) + (StepAt(value) >> 1);

    internal long CountAtIndex(int index) => _counts[index];

    /// <summary>For decoding: counts arrive by place, in the layout that both sides share.</summary>
    internal void AddAt(int index, long times) => AddAt(index, times, ValueAt(index));

    /// <summary>The lower edge of a counter's step.</summary>
    internal long ValueAt(int index)
    {
        var bucket = (index >> _halfMagnitude) - 1;
        var step = (index & (_half - 1)) + _half;
        return bucket < 0 ? (long)(step - _half) << _unitMagnitude : (long)step << (bucket + _unitMagnitude);
    }

    /// <summary>How many counters from the first one on are needed to hold the largest value.</summary>
    internal int UsedCounters() => Count == 0 ? 0 : IndexOf(_max) + 1;

    private void AddAt(int index, long times, long value)
    {
        if (times == 0)
        {
            return;
        }

        _counts[index] = checked(_counts[index] + times);
        Count = checked(Count + times);
        _max = Math.Max(_max, value);
        _min = Math.Min(_min, value);
    }

    private int IndexOf(long value)
    {
        var bucket = BucketOf(value);
        var step = (int)(value >>> (bucket + _unitMagnitude));
        return ((bucket + 1) << _halfMagnitude) + step - _half;
    }

    private int BucketOf(long value) => _leadingBase - BitOperations.LeadingZeroCount(unchecked((ulong)(value | _mask)));

    /// <summary>Width of the step that holds the value.</summary>
    private long StepAt(long value)
    {
        var bucket = BucketOf(value);
        var step = (int)(value >>> (bucket + _unitMagnitude));
        return 1L << (_unitMagnitude + (step >= SubBuckets ? bucket + 1 : bucket));
    }

    private double Sum(Func<long, double> of)
    {
        var sum = 0.0;
        for (var index = 0; index < _counts.Length; index++)
        {
            sum += _counts[index] == 0 ? 0 : of(ValueAt(index)) * _counts[index];
        }

        return sum;
    }

    private static int BucketsFor(long highest, long firstUntracked)
    {
        var buckets = 1;
        for (; firstUntracked <= highest; firstUntracked <<= 1)
        {
            buckets++;
            if (firstUntracked > long.MaxValue / 2)
            {
                break;
            }
        }

        return buckets;
    }
}
