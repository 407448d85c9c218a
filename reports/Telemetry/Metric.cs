namespace ChaosBench.Reports.Telemetry;

/// <summary>One instrument and its points. Instants are nanoseconds since 1970, UTC.</summary>
/// <param name="Unit">UCUM: <c>s</c>, <c>{token}</c>, <c>1</c>.</param>
public sealed record Metric(string Name, string Unit, string Description, MetricData Data);

/// <summary>A closed set.</summary>
public abstract record MetricData
{
    private MetricData() { }

    /// <summary>What was so at an instant.</summary>
    public sealed record Gauge(IReadOnlyList<NumberPoint> Points) : MetricData;

    /// <summary>Counted from the start of the run (cumulative), never falling.</summary>
    public sealed record Count(IReadOnlyList<NumberPoint> Points) : MetricData;

    /// <summary>Counted from the start of the run (cumulative).</summary>
    public sealed record Histogram(IReadOnlyList<HistogramPoint> Points) : MetricData;
}

/// <param name="Start">Of the counting; for a gauge 0.</param>
public sealed record NumberPoint(long Start, long At, double Value, IReadOnlyList<KeyValue> Attributes);

/// <param name="Bounds">Upper bounds, rising; a value equal to one is below it.</param>
/// <param name="Counts">By bucket, one more than there are bounds; not cumulative over them.</param>
public sealed record HistogramPoint(
    long Start, long At, IReadOnlyList<double> Bounds, IReadOnlyList<long> Counts, double Sum, double? Min, double? Max,
    IReadOnlyList<KeyValue> Attributes)
{
    public long Count => Counts.Sum();
}
