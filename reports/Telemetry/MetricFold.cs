using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Telemetry.Scraping;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;

namespace ChaosBench.Reports.Telemetry;

/// <summary>
/// Metrics from the journal, one pass: the client metrics of the GenAI semantic conventions with the buckets that they ask for, and the run's
/// own under <c>chaosbench.*</c>. Counts are cumulative from the start of the run, with a point every <see cref="Interval"/>.
/// </summary>
/// <remarks>
/// What a client measures is <c>gen_ai.client.*</c>; <c>gen_ai.server.time_to_first_token</c> is what a server measured, so that it is there
/// only where the run read its server's metrics.
/// </remarks>
public sealed class MetricFold
{
    private const int MostPoints = 200;
    private static readonly IReadOnlyList<double> Seconds = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
    private static readonly IReadOnlyList<double> Tokens =
        [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];

    /// <summary>Ours: lateness matters from 10 microseconds on.</summary>
    private static readonly IReadOnlyList<double> Lateness = [0.00001, 0.0001, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];

    private readonly TelemetryRun _run;
    private readonly RunGauges _gauges;
    private readonly ServerFold _servers = new();
    private readonly HistogramFold _duration = new("gen_ai.client.operation.duration", "s", "GenAI operation duration, from the sending of the request.", Seconds);
    private readonly HistogramFold _firstChunk = new("gen_ai.client.operation.time_to_first_chunk", "s", "Time to receive the first chunk, from the sending of the request.", Seconds);
    private readonly HistogramFold _perChunk = new("gen_ai.client.operation.time_per_output_chunk", "s", "Time from one chunk with tokens to the next.", Seconds);
    private readonly HistogramFold _tokens = new("gen_ai.client.token.usage", "{token}", "Number of input and output tokens used.", Tokens);
    private readonly HistogramFold _lag = new("chaosbench.dispatch.lag", "s", "How late a request was sent: the generator's own delay.", Lateness);
    private readonly SortedDictionary<string, (IReadOnlyList<KeyValue> Attributes, long Count)> _outcomes = new(StringComparer.Ordinal);
    private readonly List<NumberPoint> _requests = [];
    private long _next;
    private long _last;

    public MetricFold(TelemetryRun run)
    {
        (_run, _gauges) = (run, new RunGauges(run));
        var end = run.Start.Phases.Count > 0 ? run.Start.Phases[^1].End : 0;
        Interval = Nanos.PerSecond * Math.Max(10, end / MostPoints / Nanos.PerSecond);
        _next = Interval;
    }

    /// <summary>Nanoseconds between two points: 10 s, and more in runs longer than half an hour.</summary>
    public long Interval { get; }

    /// <param name="journal">From its first line.</param>
    public static IReadOnlyList<Metric> Of(TelemetryRun run, IEnumerable<JournalEvent> journal)
    {
        var fold = new MetricFold(run);
        foreach (var entry in journal)
        {
            fold.Add(entry);
        }

        return fold.Close();
    }

    public void Add(JournalEvent entry)
    {
        while (entry.At >= _next)
        {
            Snapshot(_next);
            _next += Interval;
        }

        _last = Math.Max(_last, entry.At);
        _gauges.Add(entry);
        switch (entry)
        {
            case JournalEvent.Observation seen:
                Observe(seen);
                break;
            case JournalEvent.ServerSample sample:
                _servers.Add(sample);
                break;
        }
    }

    public IReadOnlyList<Metric> Close()
    {
        Snapshot(Math.Max(_last, _next - Interval + 1));
        Metric?[] all =
        [
            _duration.Close(), _tokens.Close(), _firstChunk.Close(), _perChunk.Close(), _lag.Close(),
            _requests.Count == 0 ? null : new Metric("chaosbench.requests", "{request}", "Requests by how they ended.", new MetricData.Count(_requests)),
            .. _gauges.Close(_last),
            .. ServerMetrics.Of(_run, _servers.Close()),
        ];
        return [.. all.OfType<Metric>()];
    }

    private void Observe(JournalEvent.Observation seen)
    {
        var names = _run.NamesOf(seen.Target);
        var error = seen.Outcome == Outcome.Completed ? null : RequestAttributes.ErrorType(seen.Outcome, seen.Status);
        var phase = Kebab.Of(seen.Phase);
        var key = $"{seen.Target}\n{phase}\n{error}";
        IReadOnlyList<KeyValue> Attributes() =>
            [.. names.Attributes, KeyValue.Of("chaosbench.phase", phase), .. error is null ? Array.Empty<KeyValue>() : [KeyValue.Of("error.type", error)]];
        if (seen.Sent is { } sent)
        {
            _duration.Record(key, Attributes, Nanos.ToSeconds(Math.Max(0, (seen.LastToken is { } last && error is null ? last : seen.Ended) - sent)));
            _lag.Record(key, Attributes, Nanos.ToSeconds(Math.Max(0, sent - seen.Planned)));
            if (seen.FirstToken is { } first)
            {
                _firstChunk.Record(key, Attributes, Nanos.ToSeconds(Math.Max(0, first - sent)));
            }
        }

        foreach (var gap in seen.FirstToken is null ? [] : seen.Gaps)
        {
            _perChunk.Record(key, Attributes, Nanos.ToSeconds(gap.Nanos));
        }

        foreach (var (type, count) in new[] { ("input", seen.InputTokens), ("output", seen.OutputTokens) })
        {
            if (count is { } tokens)
            {
                _tokens.Record($"{key}\n{type}", () => [.. Attributes(), KeyValue.Of("gen_ai.token.type", type)], tokens);
            }
        }

        var outcome = $"{seen.Target}\n{phase}\n{seen.Outcome}";
        _outcomes[outcome] = _outcomes.TryGetValue(outcome, out var known)
            ? (known.Attributes, known.Count + 1)
            : ([.. names.Attributes, KeyValue.Of("chaosbench.phase", phase), KeyValue.Of("chaosbench.outcome", Kebab.Of(seen.Outcome))], 1);
    }

    private void Snapshot(long at)
    {
        var (start, now) = (_run.Wall(0), _run.Wall(at));
        HistogramFold[] all = [_duration, _firstChunk, _perChunk, _tokens, _lag];
        foreach (var histogram in all)
        {
            histogram.Snapshot(start, now);
        }

        _requests.AddRange(_outcomes.Values.Select(outcome => new NumberPoint(start, now, outcome.Count, outcome.Attributes)));
    }
}
