using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Html.Plots;

/// <summary>
/// Equal buckets over the run, at most <paramref name="most"/>. Something later than their end makes all buckets twice as
/// wide: series that stand on the axis then merge neighbours, so nothing is lost and nothing grows.
/// </summary>
/// <param name="comfortable">A run of up to this many buckets gets round widths; the rest is left to the drain after the last phase.</param>
internal sealed class TimeAxis(int most = PlotData.MaxBuckets, int comfortable = 400)
{
    private static readonly int[] RoundSeconds = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600];

    private readonly List<IBucketed> _series = [];

    public long Width { get; private set; } = Nanos.PerSecond;

    public int Used { get; private set; }

    public int Most => most;

    /// <summary>Chooses a round width for a run of this length; only before the first value.</summary>
    public void Expect(long end)
    {
        if (Used == 0)
        {
            Width = RoundSeconds.FirstOrDefault(
                seconds => end / (seconds * Nanos.PerSecond) < comfortable, RoundSeconds[^1]) * Nanos.PerSecond;
        }
    }

    public int IndexOf(long at)
    {
        var index = Math.Max(at, 0) / Width;
        while (index >= most)
        {
            Width *= 2;
            Used = (Used + 1) / 2;
            _series.ForEach(series => series.MergePairs());
            index = at / Width;
        }

        Used = Math.Max(Used, (int)index + 1);
        return (int)index;
    }

    public CounterSeries Counter() => Register(new CounterSeries(this));

    public HistogramSeries Histograms(int perOctave) => Register(new HistogramSeries(this, perOctave));

    public GaugeSeries Gauge() => Register(new GaugeSeries(this));

    private T Register<T>(T series) where T : IBucketed
    {
        _series.Add(series);
        return series;
    }

    internal interface IBucketed
    {
        void MergePairs();
    }
}

/// <summary>Events by bucket.</summary>
internal sealed class CounterSeries(TimeAxis axis) : TimeAxis.IBucketed
{
    private readonly long[] _counts = new long[axis.Most];

    public long Total { get; private set; }

    public void Add(long at, long times = 1) => AddTo(axis.IndexOf(at), times);

    public void AddTo(int bucket, long times = 1)
    {
        _counts[bucket] += times;
        Total += times;
    }

    public void MergePairs()
    {
        for (var at = 0; at < _counts.Length; at++)
        {
            _counts[at] = 2 * at < _counts.Length ? _counts[2 * at] + _counts[2 * at + 1] : 0;
        }
    }

    public IReadOnlyList<long> Close() => _counts[..axis.Used];
}

/// <summary>Durations by bucket.</summary>
internal sealed class HistogramSeries(TimeAxis axis, int perOctave) : TimeAxis.IBucketed
{
    private readonly LatencyHistogram?[] _buckets = new LatencyHistogram?[axis.Most];

    public LatencyHistogram At(int bucket) => _buckets[bucket] ??= new LatencyHistogram(perOctave);

    public void MergePairs()
    {
        for (var at = 0; at < _buckets.Length; at++)
        {
            _buckets[at] = 2 * at < _buckets.Length ? Merge(_buckets[2 * at], _buckets[2 * at + 1]) : null;
        }
    }

    public PercentileSeries Close()
    {
        var used = _buckets[..axis.Used];
        return new PercentileSeries(
            [.. used.Select(bucket => bucket?.Count ?? 0)], Quantiles(used, 0.5), Quantiles(used, 0.9), Quantiles(used, 0.99));
    }

    /// <summary>The same as a heat map: at most <see cref="PlotData.MaxHeatColumns"/> columns, neighbours taken together.</summary>
    public HeatMap Heat()
    {
        var together = Math.Max(1, (axis.Used + PlotData.MaxHeatColumns - 1) / PlotData.MaxHeatColumns);
        var columns = new List<IReadOnlyDictionary<int, long>>();
        for (var from = 0; from < axis.Used; from += together)
        {
            var rows = new SortedDictionary<int, long>();
            for (var at = from; at < Math.Min(from + together, axis.Used); at++)
            {
                _buckets[at]?.AddTo(rows);
            }

            columns.Add(rows);
        }

        return new HeatMap(together, columns);
    }

    private static double?[] Quantiles(LatencyHistogram?[] buckets, double share) =>
        [.. buckets.Select(bucket => bucket?.Quantile(share))];

    private static LatencyHistogram? Merge(LatencyHistogram? left, LatencyHistogram? right)
    {
        if (left is not null && right is not null)
        {
            left.Add(right);
        }

        return left ?? right;
    }
}

/// <summary>Samples by bucket: their mean and the highest.</summary>
internal sealed class GaugeSeries(TimeAxis axis) : TimeAxis.IBucketed
{
    private readonly (long Count, double Sum, double Max)[] _buckets = new (long, double, double)[PlotData.MaxBuckets];

    public void Add(long at, double value)
    {
        ref var bucket = ref _buckets[axis.IndexOf(at)];
        bucket = (bucket.Count + 1, bucket.Sum + value, bucket.Count == 0 ? value : Math.Max(bucket.Max, value));
    }

    public void MergePairs()
    {
        for (var at = 0; at < _buckets.Length; at++)
        {
            _buckets[at] = 2 * at < _buckets.Length ? Merge(_buckets[2 * at], _buckets[2 * at + 1]) : default;
        }
    }

    public IReadOnlyList<double?> Mean() => [.. _buckets[..axis.Used].Select(bucket => bucket.Count > 0 ? bucket.Sum / bucket.Count : (double?)null)];

    public IReadOnlyList<double?> Max() => [.. _buckets[..axis.Used].Select(bucket => bucket.Count > 0 ? bucket.Max : (double?)null)];

    private static (long, double, double) Merge((long Count, double Sum, double Max) left, (long Count, double Sum, double Max) right) =>
        left.Count == 0 ? right : right.Count == 0 ? left : (left.Count + right.Count, left.Sum + right.Sum, Math.Max(left.Max, right.Max));
}
