namespace ChaosBench.Reports.Telemetry;

/// <summary>A histogram instrument: counts by set of attributes, and a cumulative point of each whenever one is asked for.</summary>
/// <param name="bounds">Rising.</param>
internal sealed class HistogramFold(string name, string unit, string description, IReadOnlyList<double> bounds)
{
    private readonly Dictionary<string, Series> _series = new(StringComparer.Ordinal);
    private readonly List<HistogramPoint> _points = [];

    /// <param name="key">Of the attributes.</param>
    /// <param name="attributes">Made once for each key.</param>
    public void Record(string key, Func<IReadOnlyList<KeyValue>> attributes, double value)
    {
        if (!_series.TryGetValue(key, out var series))
        {
            _series[key] = series = new Series(attributes(), new long[bounds.Count + 1]);
        }

        var at = 0;
        while (at < bounds.Count && value > bounds[at])
        {
            at++;
        }

        series.Counts[at]++;
        series.Sum += value;
        series.Min = Math.Min(series.Min, value);
        series.Max = Math.Max(series.Max, value);
    }

    public void Snapshot(long start, long at)
    {
        foreach (var (_, series) in _series.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            _points.Add(new HistogramPoint(start, at, bounds, [.. series.Counts], series.Sum, series.Min, series.Max, series.Attributes));
        }
    }

    /// <summary>Null: nothing was recorded.</summary>
    public Metric? Close() => _points.Count == 0 ? null : new Metric(name, unit, description, new MetricData.Histogram(_points));

    private sealed class Series(IReadOnlyList<KeyValue> attributes, long[] counts)
    {
        public IReadOnlyList<KeyValue> Attributes { get; } = attributes;
        public long[] Counts { get; } = counts;
        public double Sum { get; set; }
        public double Min { get; set; } = double.PositiveInfinity;
        public double Max { get; set; } = double.NegativeInfinity;
    }
}
