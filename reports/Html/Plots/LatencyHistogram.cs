using System.Numerics;

namespace ChaosBench.Reports.Html.Plots;

/// <summary>
/// Durations in log-linear bins: below <paramref name="perOctave"/> µs one bin a microsecond, above it so many bins an octave, so that a
/// percentile is right within half a bin: 0.4 % at <see cref="Fine"/>, 3 % at <see cref="Coarse"/>. For plots alone; gates count exactly.
/// Its size depends on the span from the smallest value to the largest, not on how many there are.
/// </summary>
/// <param name="perOctave">A power of two.</param>
internal sealed class LatencyHistogram(int perOctave = LatencyHistogram.Fine)
{
    public const int Fine = 128;
    public const int Coarse = 16;

    /// <summary>Rows of a heat map in an octave.</summary>
    public const int HeatRows = 4;

    private const int LastOctave = 42; // 2^42 µs is 50 days; longer counts as that long

    private long[] _bins = [];
    private int _from; // bin of the first element; a multiple of perOctave

    public long Count { get; private set; }

    public double MaxSeconds { get; private set; }

    public void Add(long nanos, long times = 1) => AddTo(BinOf(nanos, perOctave), nanos, times);

    /// <param name="bin">By <see cref="BinOf"/> at this histogram's resolution.</param>
    /// <param name="nanos">The value itself, for the maximum.</param>
    public void AddTo(int bin, long nanos, long times)
    {
        Reach(bin, bin + 1);
        _bins[bin - _from] += times;
        Count += times;
        MaxSeconds = Math.Max(MaxSeconds, nanos / 1e9);
    }

    /// <param name="other">Of the same resolution.</param>
    public void Add(LatencyHistogram other)
    {
        if (other._bins.Length > 0)
        {
            Reach(other._from, other._from + other._bins.Length);
        }

        for (var at = 0; at < other._bins.Length; at++)
        {
            _bins[other._from + at - _from] += other._bins[at];
        }

        Count += other.Count;
        MaxSeconds = Math.Max(MaxSeconds, other.MaxSeconds);
    }

    /// <summary>Adds the counts to rows of <see cref="HeatRows"/> an octave.</summary>
    public void AddTo(SortedDictionary<int, long> rows)
    {
        for (var at = 0; at < _bins.Length; at++)
        {
            if (_bins[at] > 0)
            {
                var row = BinOf((long)(MiddleMicros(_from + at) * 1000), HeatRows);
                rows[row] = rows.GetValueOrDefault(row) + _bins[at];
            }
        }
    }

    /// <summary>The bin of a duration at a resolution; the same for every histogram of it.</summary>
    public static int BinOf(long nanos, int perOctave)
    {
        var micros = Math.Max(nanos, 0) / 1000;
        if (micros < perOctave)
        {
            return (int)micros;
        }

        var first = BitOperations.Log2((uint)perOctave);
        var octave = BitOperations.Log2((ulong)micros);
        if (octave > LastOctave)
        {
            return (LastOctave - first + 2) * perOctave - 1;
        }

        var within = (int)(micros >> (octave - first)) - perOctave;
        return (octave - first + 1) * perOctave + within;
    }

    /// <summary>Type 7 over the bins' middles, in seconds. Null when there is nothing, or when a failure stands at that rank.</summary>
    /// <param name="share">0 to 1.</param>
    /// <param name="failed">Requests that count as infinitely late, after all that are in here.</param>
    public double? Quantile(double share, long failed = 0)
    {
        if (Count == 0)
        {
            return null;
        }

        var position = (Count + failed - 1) * share;
        var below = (long)Math.Floor(position);
        var above = (long)Math.Ceiling(position);
        if (above >= Count)
        {
            return null;
        }

        var low = AtRank(below);
        return above == below ? low : low + (AtRank(above) - low) * (position - below);
    }

    private double AtRank(long rank)
    {
        if (rank == Count - 1)
        {
            return MaxSeconds;
        }

        var at = -1;
        for (var seen = 0L; seen <= rank;)
        {
            seen += _bins[++at];
        }

        return Math.Min(MiddleMicros(_from + at) / 1e6, MaxSeconds);
    }

    private double MiddleMicros(int bin)
    {
        if (bin < perOctave)
        {
            return bin + 0.5;
        }

        var width = 1L << (bin / perOctave - 1);
        return (bin % perOctave + perOctave + 0.5) * width;
    }

    /// <summary>Makes room for the bins from <paramref name="low"/> up to <paramref name="high"/>, whole octaves at a time.</summary>
    private void Reach(int low, int high)
    {
        if (_bins.Length > 0 && low >= _from && high <= _from + _bins.Length)
        {
            return;
        }

        var from = low / perOctave * perOctave;
        var end = (high + perOctave - 1) / perOctave * perOctave;
        if (_bins.Length > 0)
        {
            (from, end) = (Math.Min(from, _from), Math.Max(end, _from + _bins.Length));
        }

        var bins = new long[end - from];
        _bins.CopyTo(bins, _bins.Length > 0 ? _from - from : 0);
        (_bins, _from) = (bins, from);
    }
}
