using System.Numerics;

namespace ChaosBench.Reports.Html.Plots;

/// <summary>
/// Durations in log-linear bins: below 128 µs one bin a microsecond, above it 128 bins an octave, so that a percentile is right
/// within 0.4 %. For plots alone; gates count exactly. Its size depends on the largest value, not on how many there are.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int BinsPerOctave = 128;
    private const int FirstOctave = 7; // log2 of BinsPerOctave
    private const int LastOctave = 42; // 2^42 µs is 50 days; longer counts as that long

    private long[] _bins = [];

    public long Count { get; private set; }

    public double MaxSeconds { get; private set; }

    public void Add(long nanos, long times = 1)
    {
        var bin = BinOf(Math.Max(nanos, 0) / 1000);
        if (bin >= _bins.Length)
        {
            Array.Resize(ref _bins, (bin / BinsPerOctave + 1) * BinsPerOctave);
        }

        _bins[bin] += times;
        Count += times;
        MaxSeconds = Math.Max(MaxSeconds, nanos / 1e9);
    }

    public void Add(LatencyHistogram other)
    {
        if (other._bins.Length > _bins.Length)
        {
            Array.Resize(ref _bins, other._bins.Length);
        }

        for (var bin = 0; bin < other._bins.Length; bin++)
        {
            _bins[bin] += other._bins[bin];
        }

        Count += other.Count;
        MaxSeconds = Math.Max(MaxSeconds, other.MaxSeconds);
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

        var bin = -1;
        for (var seen = 0L; seen <= rank;)
        {
            seen += _bins[++bin];
        }

        return Math.Min(MiddleMicros(bin) / 1e6, MaxSeconds);
    }

    private static int BinOf(long micros)
    {
        if (micros < BinsPerOctave)
        {
            return (int)micros;
        }

        var octave = BitOperations.Log2((ulong)micros);
        if (octave > LastOctave)
        {
            return (LastOctave - FirstOctave + 2) * BinsPerOctave - 1;
        }

        var within = (int)(micros >> (octave - FirstOctave)) - BinsPerOctave;
        return (octave - FirstOctave + 1) * BinsPerOctave + within;
    }

    private static double MiddleMicros(int bin)
    {
        if (bin < BinsPerOctave)
        {
            return bin + 0.5;
        }

        var width = 1L << (bin / BinsPerOctave - 1);
        return (bin % BinsPerOctave + BinsPerOctave + 0.5) * width;
    }
}
