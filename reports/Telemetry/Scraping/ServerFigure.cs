namespace ChaosBench.Reports.Telemetry.Scraping;

/// <summary>One figure of a server over the whole run, for tables.</summary>
/// <param name="Unit"><c>s</c>, <c>share</c>, <c>/s</c>, or <c>count</c>.</param>
/// <param name="Values">First, mean, highest and last. Of a quantile: the second alone, over the whole run.</param>
public sealed record ServerFigure(string Source, string What, string Metric, string Unit, IReadOnlyList<double?> Values)
{
    private static readonly (ServerRole Role, string What, string Unit)[] Gauges =
    [
        (ServerRole.Running, "requests running", "count"), (ServerRole.Waiting, "requests waiting", "count"), (ServerRole.CacheUsage, "cache in use", "share"),
    ];

    private static readonly (ServerRole Role, string What, string Unit)[] Counters =
        [(ServerRole.OutputTokens, "output tokens", "/s"), (ServerRole.Preemptions, "preemptions", "/s")];

    private static readonly (ServerRole Role, string What)[] Histograms =
        [(ServerRole.FirstToken, "time to first token"), (ServerRole.QueueTime, "time in the queue"), (ServerRole.WholeRequest, "whole request")];

    public static IReadOnlyList<ServerFigure> All(IReadOnlyList<ServerSource> sources) => [.. sources.SelectMany(Of)];

    private static IEnumerable<ServerFigure> Of(ServerSource source)
    {
        foreach (var (role, what, unit) in Gauges)
        {
            if (source.MetricOf(role) is { } metric)
            {
                yield return Series(source.Name, what, metric.Key, unit, [.. source.Gauge(metric).Select(seen => seen.Value)]);
            }
        }

        foreach (var (role, what, unit) in Counters)
        {
            if (source.MetricOf(role) is { } metric)
            {
                yield return Series(source.Name, what, metric.Key, unit, [.. source.Rate(metric).Select(seen => seen.PerSecond)]);
            }
        }

        foreach (var (role, what) in Histograms)
        {
            if (source.MetricOf(role) is { } metric && source.Whole(metric) is { } all)
            {
                foreach (var (name, share) in new[] { ("p50", 0.5), ("p90", 0.9), ("p99", 0.99) })
                {
                    yield return new ServerFigure(source.Name, $"{what} {name}", metric.Key, "s", [null, Buckets.Quantile(all, share), null, null]);
                }
            }
        }
    }

    private static ServerFigure Series(string source, string what, string metric, string unit, IReadOnlyList<double> values) => new(
        source, what, metric, unit, values.Count == 0 ? [null, null, null, null] : [values[0], values.Average(), values.Max(), values[^1]]);
}
