using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Telemetry.Scraping;
using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Telemetry;

/// <summary>What was so at an instant of the run: which faults were in place, how much load was planned and made.</summary>
internal sealed class RunGauges(TelemetryRun run)
{
    /// <summary>More points than any plot shows; longer runs get wider ones.</summary>
    private const int MostPoints = 600;

    private readonly List<NumberPoint> _faults = [];
    private readonly List<NumberPoint> _inFlight = [];
    private readonly List<NumberPoint> _cpu = [];
    private readonly Dictionary<long, long> _sent = [];
    private readonly Dictionary<long, long> _completed = [];
    private readonly HashSet<string> _active = new(StringComparer.Ordinal);

    public void Add(JournalEvent entry)
    {
        switch (entry)
        {
            case JournalEvent.FaultTransition moved:
                Move(moved);
                break;
            case JournalEvent.Observation seen:
                Count(_sent, seen.Sent);
                Count(_completed, seen.Outcome == Outcome.Completed ? seen.Ended : null);
                break;
            case JournalEvent.GeneratorSample sample:
                _inFlight.Add(new NumberPoint(0, run.Wall(sample.At), sample.InFlight, []));
                _cpu.Add(new NumberPoint(0, run.Wall(sample.At), sample.ProcessCpu, []));
                break;
        }
    }

    public IEnumerable<Metric> Close(long last)
    {
        (string Name, string Unit, string Description, List<NumberPoint> Points)[] all =
        [
            ("chaosbench.faults.active", "1", "1 while a fault is in place.", _faults),
            ("chaosbench.rate.planned", "{request}/s", "Requests that were planned to be sent in a second.", Planned(last)),
            ("chaosbench.rate.sent", "{request}/s", "Requests that were sent in a second.", Rate(_sent, last)),
            ("chaosbench.rate.completed", "{request}/s", "Requests that were completed in a second.", Rate(_completed, last)),
            ("chaosbench.requests.in_flight", "{request}", "Requests under way.", Thinned(_inFlight)),
            ("chaosbench.generator.cpu", "{cpu}", "Processor cores that the process used over a second.", Thinned(_cpu)),
        ];
        return all.Where(one => one.Points.Count > 0)
            .Select(one => new Metric(one.Name, one.Unit, one.Description, new MetricData.Gauge(one.Points)));
    }

    private void Move(JournalEvent.FaultTransition moved)
    {
        var changed = moved.State == FaultState.Active ? _active.Add(moved.Fault)
            : moved.State is FaultState.Cleared or FaultState.Failed && _active.Remove(moved.Fault);
        if (changed)
        {
            var kind = run.Start.Faults.FirstOrDefault(fault => fault.Id == moved.Fault)?.Kind ?? "";
            _faults.Add(new NumberPoint(
                0, run.Wall(moved.At), _active.Contains(moved.Fault) ? 1 : 0,
                [KeyValue.Of("chaosbench.fault.id", moved.Fault), KeyValue.Of("chaosbench.fault.kind", kind)]));
        }
    }

    private static void Count(Dictionary<long, long> seconds, long? at)
    {
        if (at is { } when)
        {
            seconds[when / Nanos.PerSecond] = seconds.GetValueOrDefault(when / Nanos.PerSecond) + 1;
        }
    }

    private List<NumberPoint> Planned(long last) => run.Start.PlannedPerSecond.Count == 0 ? []
        : Rate(run.Start.PlannedPerSecond.Select((count, second) => ((long)second, (long)count)).ToDictionary(pair => pair.Item1, pair => pair.Item2),
            Math.Min(last, (run.Start.PlannedPerSecond.Count * Nanos.PerSecond) - 1));

    /// <summary>A point for each second, or for each group of them, at its end; a second without a request is 0, which it was.</summary>
    private List<NumberPoint> Rate(Dictionary<long, long> seconds, long last)
    {
        var points = new List<NumberPoint>();
        var width = 1 + (last / Nanos.PerSecond / MostPoints);
        for (var from = 0L; seconds.Count > 0 && from * Nanos.PerSecond < last; from += width)
        {
            var count = 0L;
            for (var second = from; second < from + width; second++)
            {
                count += seconds.GetValueOrDefault(second);
            }

            points.Add(new NumberPoint(0, run.Wall((from + width) * Nanos.PerSecond), count / (double)width, []));
        }

        return points;
    }

    private static List<NumberPoint> Thinned(List<NumberPoint> points)
    {
        var step = 1 + (points.Count / MostPoints);
        return step == 1 ? points : [.. points.Where((_, at) => at % step == 0)];
    }
}

/// <summary>What the servers said of themselves, under the names of the conventions where there is one.</summary>
internal static class ServerMetrics
{
    public static IEnumerable<Metric> Of(TelemetryRun run, IReadOnlyList<ServerSource> sources)
    {
        (ServerRole Role, string Name, string Unit, string Description)[] gauges =
        [
            (ServerRole.Running, "chaosbench.server.requests.running", "{request}", "Requests that the server computed, as it says."),
            (ServerRole.Waiting, "chaosbench.server.requests.waiting", "{request}", "Requests that waited at the server, as it says."),
            (ServerRole.CacheUsage, "chaosbench.server.cache.usage", "1", "Share of the key-value cache in use, as the server says."),
        ];
        foreach (var (role, name, unit, description) in gauges)
        {
            var points = sources.SelectMany(source => source.MetricOf(role) is { } metric
                ? source.Gauge(metric).Select(seen => new NumberPoint(0, run.Wall(seen.At), seen.Value, Source(source, metric)))
                : []).ToList();
            if (points.Count > 0)
            {
                yield return new Metric(name, unit, description, new MetricData.Gauge(points));
            }
        }

        var histograms = sources.SelectMany(source => source.MetricOf(ServerRole.FirstToken) is { } metric ? Points(run, source, metric) : []).ToList();
        if (histograms.Count > 0)
        {
            yield return new Metric(
                "gen_ai.server.time_to_first_token", "s", "Time to generate the first token, as the server measured it, with its own buckets.",
                new MetricData.Histogram(histograms));
        }
    }

    /// <summary>From the first look on: what came before is no part of this run.</summary>
    private static IEnumerable<HistogramPoint> Points(TelemetryRun run, ServerSource source, ServerMetric metric)
    {
        ServerBuckets? all = null;
        var start = run.Wall(source.Samples[0].At);
        foreach (var (at, grown) in source.Histogram(metric))
        {
            all = all is null ? grown : Buckets.Sum(all, grown) ?? grown;
            var counts = all.Counts.Select((count, place) => (long)Math.Round(place == 0 ? count : count - all.Counts[place - 1])).ToList();
            yield return new HistogramPoint(start, run.Wall(at), all.Bounds, counts, all.Sum ?? 0, null, null, Source(source, metric));
        }
    }

    private static IReadOnlyList<KeyValue> Source(ServerSource source, ServerMetric metric) =>
        [KeyValue.Of("chaosbench.source", source.Name), KeyValue.Of("chaosbench.server.metric", metric.Name)];
}
