using System.Diagnostics;
using System.Globalization;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Telemetry.Scraping;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Html.Plots;

/// <summary>One pass over the journal. Any order of events will do, except that the run's start comes first.</summary>
internal sealed class PlotFold
{
    private const int MaxReasons = 50;
    private const int MaxDevices = 8;
    private const string Others = "others";

    private readonly TimeAxis _axis = new();
    private readonly Dictionary<string, TargetFold> _targets = [];
    private readonly Dictionary<(string Target, Phase Phase, Outcome Outcome), long> _outcomes = [];
    private readonly Dictionary<(Outcome Outcome, string Reason), long> _reasons = [];
    private readonly FaultWindowFold _windows = new();
    private readonly CohortFold _cohorts = new();
    private readonly StoryFold _story = new();
    private readonly Placed _placed;
    private readonly ServerFold _servers = new();
    private readonly CounterSeries _planned;
    private readonly GaugeSeries _inFlight;
    private readonly GaugeSeries _cpu;
    private readonly GaugeSeries _gcPause;
    private readonly GaugeSeries _queue;
    private readonly SortedDictionary<string, GaugeSeries> _memory = new(StringComparer.Ordinal);
    private JournalEvent.RunStarted? _start;

    public PlotFold()
    {
        _placed = new Placed(_axis, LatencyHistogram.Fine);
        _planned = _axis.Counter();
        _inFlight = _axis.Gauge();
        _cpu = _axis.Gauge();
        _gcPause = _axis.Gauge();
        _queue = _axis.Gauge();
    }

    public void Add(JournalEvent @event)
    {
        switch (@event)
        {
            case JournalEvent.RunStarted start:
                Start(start);
                break;
            case JournalEvent.Observation observation:
                Observe(observation);
                break;
            case JournalEvent.Score score:
                _cohorts.Add(score);
                break;
            case JournalEvent.FaultTransition transition:
                _windows.Add(transition);
                _story.Add(transition);
                break;
            case JournalEvent.Injection or JournalEvent.GoldenCompared or JournalEvent.Judged or JournalEvent.ClockStarted or JournalEvent.Attempt
                or JournalEvent.ShardBegan or JournalEvent.TargetStarted:
                break; // the summary counts them
            case JournalEvent.Detection detection:
                _story.Add(detection);
                break;
            case JournalEvent.Note note:
                _story.Add(note);
                break;
            case JournalEvent.Decided decided:
                _story.Add(new JournalEvent.Note { At = decided.At, Text = $"decided: {decided.Reason}" });
                break;
            case JournalEvent.HardFail fail:
                _story.Add(fail);
                break;
            case JournalEvent.GeneratorSample sample:
                Sample(sample);
                break;
            case JournalEvent.ServerSample sample:
                _axis.IndexOf(sample.At);
                _servers.Add(sample);
                break;
            case JournalEvent.RunEnded ended:
                _windows.End(ended.At);
                _story.Add(ended);
                break;
            default:
                throw new UnreachableException();
        }
    }

    public PlotData Close()
    {
        if (_start is { OpenWorkload: true, PlannedPerSecond.Count: > 0 } start)
        {
            for (var second = 0; second < start.PlannedPerSecond.Count; second++)
            {
                _planned.Add(second * Nanos.PerSecond, start.PlannedPerSecond[second]);
            }
        }

        var candidate = _start?.Targets.GetValueOrDefault("candidate") is { } name ? TargetName(name) : null;
        return new PlotData
        {
            StartedUtc = _start?.StartedUtc,
            OpenWorkload = _start?.OpenWorkload ?? true,
            Roles = _start?.Targets ?? new Dictionary<string, string>(),
            BucketSeconds = Nanos.ToSeconds(_axis.Width),
            Buckets = _axis.Used,
            Phases = [.. (_start?.Phases ?? []).Take(16).Select(window =>
                new PlotPhase(window.Phase, Nanos.ToSeconds(window.Start), Nanos.ToSeconds(window.End)))],
            FaultWindows = _windows.Close(_start?.Faults ?? []),
            Planned = _planned.Total > 0 ? _planned.Close() : [],
            Targets = [.. _targets.OrderBy(target => target.Key != candidate).Select(target => target.Value.Close(target.Key))],
            Dimensions = _cohorts.Close(candidate),
            CohortBucketSeconds = Nanos.ToSeconds(_cohorts.Axis.Width),
            CohortBuckets = _cohorts.Axis.Used,
            Outcomes = [.. _outcomes.OrderBy(row => row.Key.Target != candidate).ThenBy(row => row.Key.Target, StringComparer.Ordinal)
                .ThenBy(row => row.Key.Phase).ThenBy(row => row.Key.Outcome)
                .Select(row => new OutcomeRow(row.Key.Target, row.Key.Phase, row.Key.Outcome, row.Value))],
            Reasons = [.. _reasons.OrderByDescending(row => row.Value).ThenBy(row => row.Key.Outcome)
                .ThenBy(row => row.Key.Reason, StringComparer.Ordinal).Take(12)
                .Select(row => new ReasonRow(row.Key.Outcome, row.Key.Reason, row.Value))],
            Generator = new GeneratorSeries(_inFlight.Max(), _cpu.Mean(), _gcPause.Max(), _queue.Max()),
            Memory = _memory.ToDictionary(one => one.Key, one => one.Value.Max()),
            Servers = ServerSeries.All(_servers.Close(), _axis),
            Story = _story.Close(),
            StoryOmitted = _story.Omitted,
        };
    }

    /// <summary>A target's name as all of the plots know it.</summary>
    public static string TargetName(string name) => SafeText.Visible(name, 80);

    private void Start(JournalEvent.RunStarted start)
    {
        _start = start;
        _cohorts.Faults = start.Faults;
        if (start.Phases.Count > 0)
        {
            foreach (var axis in (TimeAxis[])[_axis, _cohorts.Axis])
            {
                axis.Expect(start.Phases[^1].End);
                axis.IndexOf(start.Phases[^1].End - 1);
            }
        }
    }

    private void Observe(JournalEvent.Observation observation)
    {
        var name = TargetName(observation.Target);
        if (!_targets.TryGetValue(name, out var target))
        {
            name = _targets.Count < PlotData.MaxTargets ? name : Others;
            if (!_targets.TryGetValue(name, out target))
            {
                _targets.Add(name, target = new TargetFold(_axis, LatencyHistogram.Fine));
            }
        }

        target.Add(_placed.Put(observation));
        _cohorts.Add(observation, name);
        var row = (name, observation.Phase, observation.Outcome);
        _outcomes[row] = _outcomes.GetValueOrDefault(row) + 1;
        if (_start is null or { OpenWorkload: true, PlannedPerSecond.Count: 0 })
        {
            _planned.Add(observation.Planned);
        }

        if (observation.Outcome != Outcome.Completed)
        {
            AddReason(observation.Outcome, SafeText.Visible(observation.Reason ?? "no reason given", 160));
        }
    }

    private void AddReason(Outcome outcome, string reason)
    {
        var key = (outcome, reason);
        if (_reasons.Count >= MaxReasons && !_reasons.ContainsKey(key))
        {
            key = (outcome, "other reasons");
        }

        _reasons[key] = _reasons.GetValueOrDefault(key) + 1;
    }

    private void Sample(JournalEvent.GeneratorSample sample)
    {
        _inFlight.Add(sample.At, sample.InFlight);
        _cpu.Add(sample.At, sample.ProcessCpu);
        _gcPause.Add(sample.At, sample.GcPause / 1e6);
        _queue.Add(sample.At, sample.ThreadPoolQueue);
        if (sample.Memory is { } resident)
        {
            Memory("what serves", sample.At, resident);
        }

        foreach (var device in sample.Devices.Take(MaxDevices))
        {
            if (device.MemoryUsed is { } used)
            {
                Memory(string.Create(CultureInfo.InvariantCulture, $"card {device.Index}"), sample.At, used);
            }
        }
    }

    private void Memory(string whose, long at, long bytes)
    {
        if (!_memory.TryGetValue(whose, out var series))
        {
            _memory.Add(whose, series = _axis.Gauge());
        }

        series.Add(at, bytes);
    }
}
