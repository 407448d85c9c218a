using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Telemetry.Scraping;

namespace ChaosBench.Reports.Html.Plots;

/// <summary>What one page of metrics said over the run, one value a bucket; null where it said nothing.</summary>
/// <param name="Running">The highest of the bucket, as are <paramref name="Waiting"/> and <paramref name="Cache"/> (a share of 1).</param>
/// <param name="Ttft">Of the requests that got their first token in the bucket, by the server's own buckets.</param>
internal sealed record ServerSeries(
    string Name, IReadOnlyList<double?> Running, IReadOnlyList<double?> Waiting, IReadOnlyList<double?> Cache, PercentileSeries Ttft)
{
    public const int Most = 4;

    public bool HasGauges => Running.Concat(Waiting).Concat(Cache).Any(value => value is not null);

    public bool HasTtft => Ttft.Count.Any(count => count > 0);

    public static IReadOnlyList<ServerSeries> All(IReadOnlyList<ServerSource> sources, TimeAxis axis) => [.. sources.Take(Most).Select(source => Of(source, axis))];

    private static ServerSeries Of(ServerSource source, TimeAxis axis) => new(
        SafeText.Visible(source.Name, 80), Highest(source, ServerRole.Running, axis), Highest(source, ServerRole.Waiting, axis),
        Highest(source, ServerRole.CacheUsage, axis), Quantiles(source, axis));

    private static double?[] Highest(ServerSource source, ServerRole role, TimeAxis axis)
    {
        var buckets = new double?[axis.Used];
        if (source.MetricOf(role) is { } metric)
        {
            foreach (var (at, value) in source.Gauge(metric))
            {
                ref var bucket = ref buckets[axis.IndexOf(at)];
                bucket = Math.Max(bucket ?? double.NegativeInfinity, value);
            }
        }

        return buckets;
    }

    private static PercentileSeries Quantiles(ServerSource source, TimeAxis axis)
    {
        var buckets = new ServerBuckets?[axis.Used];
        if (source.MetricOf(ServerRole.FirstToken) is { } metric)
        {
            foreach (var (at, grown) in source.Histogram(metric))
            {
                ref var bucket = ref buckets[axis.IndexOf(at)];
                bucket = bucket is null ? grown : Buckets.Sum(bucket, grown) ?? bucket;
            }
        }

        double?[] At(double share) => [.. buckets.Select(bucket => bucket is null ? null : Buckets.Quantile(bucket, share))];
        return new PercentileSeries([.. buckets.Select(bucket => (long)(bucket?.Counts[^1] ?? 0))], At(0.5), At(0.9), At(0.99));
    }
}
