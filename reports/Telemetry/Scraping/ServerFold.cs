using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Telemetry.Scraping;

/// <summary>
/// The samples of a run's servers as series over the time of the run. A counter that falls was set back by a restart: what it counts from
/// there on is new.
/// </summary>
public sealed class ServerFold
{
    /// <summary>Of one page. Beyond it every other is left out: what they count is cumulative, so that nothing is lost but resolution.</summary>
    private const int MostSamples = 20_000;

    private readonly Dictionary<string, Kept> _samples = new(StringComparer.Ordinal);

    public void Add(JournalEvent.ServerSample sample) =>
        (_samples.TryGetValue(sample.Source, out var all) ? all : _samples[sample.Source] = new Kept()).Add(sample);

    public IReadOnlyList<ServerSource> Close() => [.. _samples.OrderBy(source => source.Key, StringComparer.Ordinal)
        .Select(source => new ServerSource(source.Key, [.. source.Value.Samples.OrderBy(sample => sample.At)]))];

    public static IReadOnlyList<ServerSource> Of(IEnumerable<JournalEvent> journal)
    {
        var fold = new ServerFold();
        foreach (var sample in journal.OfType<JournalEvent.ServerSample>())
        {
            fold.Add(sample);
        }

        return fold.Close();
    }

    private sealed class Kept
    {
        private long _seen;
        private int _stride = 1;

        public List<JournalEvent.ServerSample> Samples { get; private set; } = [];

        public void Add(JournalEvent.ServerSample sample)
        {
            if (_seen++ % _stride != 0)
            {
                return;
            }

            Samples.Add(sample);
            if (Samples.Count > MostSamples)
            {
                Samples = [.. Samples.Where((_, at) => at % 2 == 0)];
                _stride *= 2;
            }
        }
    }
}

/// <summary>One page of metrics over the run.</summary>
/// <param name="Samples">In order of time.</param>
public sealed record ServerSource(string Name, IReadOnlyList<JournalEvent.ServerSample> Samples)
{
    /// <summary>The metric that has this role here; null: the page has none.</summary>
    public ServerMetric? MetricOf(ServerRole role) => ServerMetric.Known.FirstOrDefault(known => known.Role == role
        && Samples.Any(sample => sample.Histograms.ContainsKey(known.Name) || sample.Values.ContainsKey(known.Key) || sample.Values.ContainsKey(known.Name + "_total")));

    /// <summary>A gauge by instant, nanoseconds of the run.</summary>
    public IEnumerable<(long At, double Value)> Gauge(ServerMetric metric)
    {
        foreach (var sample in Samples)
        {
            if (sample.Values.TryGetValue(metric.Key, out var value))
            {
                yield return (sample.At, value * metric.Scale);
            }
        }
    }

    /// <summary>A counter's growth a second, by the instant at which it was seen.</summary>
    public IEnumerable<(long At, double PerSecond)> Rate(ServerMetric metric)
    {
        (long At, double Value)? before = null;
        foreach (var sample in Samples)
        {
            if (!sample.Values.TryGetValue(metric.Name + "_total", out var value) && !sample.Values.TryGetValue(metric.Name, out value))
            {
                continue;
            }

            if (before is { } last && sample.At > last.At)
            {
                yield return (sample.At, Grown(last.Value, value) * metric.Scale / Nanos.ToSeconds(sample.At - last.At));
            }

            before = (sample.At, value);
        }
    }

    /// <summary>What came into a histogram between two looks, and when the later of them was.</summary>
    public IEnumerable<(long At, ServerBuckets New)> Histogram(ServerMetric metric)
    {
        ServerBuckets? before = null;
        foreach (var sample in Samples)
        {
            if (!sample.Histograms.TryGetValue(metric.Name, out var now))
            {
                continue;
            }

            if (before is not null && Buckets.Since(before, now) is { } grown)
            {
                yield return (sample.At, Buckets.Scaled(grown, metric.Scale));
            }

            before = now;
        }
    }

    /// <summary>A histogram over the whole time from the first look to the last. Null: nothing came into it.</summary>
    public ServerBuckets? Whole(ServerMetric metric)
    {
        ServerBuckets? all = null;
        foreach (var (_, grown) in Histogram(metric))
        {
            all = all is null ? grown : Buckets.Sum(all, grown) ?? all;
        }

        return all is null || all.Counts[^1] <= 0 ? null : all;
    }

    private static double Grown(double before, double now) => now >= before ? now - before : now;
}

/// <summary>Arithmetic of cumulative buckets.</summary>
public static class Buckets
{
    /// <summary>Null: the bounds are others now.</summary>
    public static ServerBuckets? Since(ServerBuckets before, ServerBuckets now)
    {
        if (!before.Bounds.SequenceEqual(now.Bounds))
        {
            return null;
        }

        var restarted = now.Counts[^1] < before.Counts[^1];
        return restarted ? now : new ServerBuckets(
            now.Bounds, [.. now.Counts.Zip(before.Counts, (later, earlier) => Math.Max(0, later - earlier))], now.Sum - before.Sum);
    }

    /// <summary>Null: the bounds differ.</summary>
    public static ServerBuckets? Sum(ServerBuckets left, ServerBuckets right) => left.Bounds.SequenceEqual(right.Bounds)
        ? new ServerBuckets(left.Bounds, [.. left.Counts.Zip(right.Counts, (one, other) => one + other)], left.Sum + right.Sum)
        : null;

    public static ServerBuckets Scaled(ServerBuckets buckets, double scale) =>
        scale == 1 ? buckets : new ServerBuckets([.. buckets.Bounds.Select(bound => bound * scale)], buckets.Counts, buckets.Sum * scale);

    /// <summary>
    /// As Prometheus' <c>histogram_quantile</c>: linear within the bucket, from 0 in the first. Null: nothing is in them, or it lies in the last,
    /// which has no end.
    /// </summary>
    public static double? Quantile(ServerBuckets buckets, double share)
    {
        var all = buckets.Counts[^1];
        if (all <= 0)
        {
            return null;
        }

        var rank = share * all;
        for (var at = 0; at < buckets.Bounds.Count; at++)
        {
            if (buckets.Counts[at] >= rank && buckets.Counts[at] > 0)
            {
                var (low, below) = at == 0 ? (Math.Min(0, buckets.Bounds[0]), 0.0) : (buckets.Bounds[at - 1], buckets.Counts[at - 1]);
                var within = buckets.Counts[at] - below;
                return within <= 0 ? buckets.Bounds[at] : low + (buckets.Bounds[at] - low) * (rank - below) / within;
            }
        }

        return null;
    }
}
