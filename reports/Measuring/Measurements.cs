using System.Diagnostics;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Telemetry.Scraping;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Measuring;

/// <param name="Line">Line of the journal, from 1: what a report names as its evidence.</param>
public readonly record struct TimelineEntry(int Line, JournalEvent Event);

/// <summary>
/// Everything a run measured, folded from its journal: the one source of every number in every report. Definitions: docs/metrics.md.
/// </summary>
public sealed class Measurements
{
    private IReadOnlySet<int>? _disturbed;

    internal Measurements(
        JournalEvent.RunStarted run, JournalEvent.RunEnded? ending, RequestSet requests, IReadOnlyList<TimelineEntry> timeline,
        InjectionLog injections)
    {
        Run = run;
        Ending = ending;
        Requests = requests;
        Timeline = timeline;
        Injections = injections;
        var events = timeline.Select(entry => entry.Event).ToList();
        Generator = [.. events.OfType<JournalEvent.GeneratorSample>()];
        Detections = [.. events.OfType<JournalEvent.Detection>().OrderBy(detection => detection.At)];
        Notes = [.. events.OfType<JournalEvent.Note>()];
        LastAt = Math.Max(ending?.At ?? 0, Math.Max(
            requests.LastEnded, events.Count == 0 ? 0 : events.Max(entry => entry.At)));
        Windows = [.. run.Phases.Select(Clip).Where(window => window.End > window.Start)];
        var steady = run.Faults.Count == 0 ? null : new SteadyState(this);
        Faults = FaultLog.All(this, steady);
        Hypothesis = steady is null ? null : Measuring.Hypothesis.Of(Faults, steady, WindowsOf(null).Select(window => window.Start).FirstOrDefault());
    }

    public JournalEvent.RunStarted Run { get; }

    /// <summary>Blocks in which somebody else used this machine; comparisons of times leave them out.</summary>
    public IReadOnlySet<int> DisturbedBlocks => _disturbed ??= Disturbances.Blocks(Run, Generator, Requests);

    /// <summary>Null: the journal stops before the run did.</summary>
    public JournalEvent.RunEnded? Ending { get; }

    /// <summary>In journal order, warm-up included.</summary>
    public RequestSet Requests { get; }

    public IReadOnlyList<FaultLog> Faults { get; }

    /// <summary>Null when nothing was injected.</summary>
    public Hypothesis? Hypothesis { get; }
    public IReadOnlyList<JournalEvent.GeneratorSample> Generator { get; }
    public IReadOnlyList<JournalEvent.Detection> Detections { get; }
    public IReadOnlyList<JournalEvent.Note> Notes { get; }

    /// <summary>In the journal's order, of every target.</summary>
    public IReadOnlyList<JournalEvent.HardFail> HardFails { get; private init; } = [];

    /// <summary>Null: nobody held the answers against a golden snapshot.</summary>
    public JournalEvent.GoldenCompared? Golden { get; private init; }

    /// <summary>Null: no traffic was mirrored.</summary>
    public ShadowLog? Shadow { get; private init; }

    /// <summary>Whose answers users got: of mirrored traffic the baseline's.</summary>
    public string Served => Run.Sharing is { Kind: SharingKind.Shadow } && Baseline is { } users ? users : Candidate;

    /// <summary>Null: the run went as far as its plan.</summary>
    public JournalEvent.Decided? Decided { get; private init; }

    /// <summary>Fresh starts of an A/B run, in order. Empty: its versions were started once.</summary>
    public IReadOnlyList<JournalEvent.TargetStarted> Starts { get; private init; } = [];

    /// <summary>Null: no judge was asked.</summary>
    public JournalEvent.Judged? Judged { get; private init; }

    /// <summary>The phases as far as the run went; nanoseconds.</summary>
    public IReadOnlyList<PhaseWindow> Windows { get; }

    /// <summary>When the last thing happened, nanoseconds.</summary>
    public long LastAt { get; }

    /// <summary>Name of the version under judgement.</summary>
    public string Candidate => Run.Targets.TryGetValue("candidate", out var name) ? name : Run.Targets.Values.FirstOrDefault() ?? "";

    /// <summary>Name of the version it is compared with, if any.</summary>
    public string? Baseline => Run.Targets.TryGetValue("baseline", out var name) ? name : null;

    /// <summary>Fault transitions, detections, notes and samples of the generator, in the journal's order.</summary>
    public IReadOnlyList<TimelineEntry> Timeline { get; }

    /// <summary>Whom the faults met.</summary>
    internal InjectionLog Injections { get; }

    /// <summary>Folds a journal. Throws <see cref="JournalException"/> when its first event is not <see cref="JournalEvent.RunStarted"/>.</summary>
    public static Measurements Fold(IEnumerable<JournalEvent> journal)
    {
        var fold = new Folder();
        foreach (var entry in journal)
        {
            fold.Add(entry);
        }

        return fold.Close();
    }

    /// <summary>What is counted over all requests.</summary>
    internal RunTally Tally => field ??= RunTally.Of(this);

    /// <summary>What the servers said of themselves while the run went on; nothing is judged by it. Empty: nobody asked them.</summary>
    public IReadOnlyList<ServerSource> Servers { get; private init; } = [];

    /// <summary>By whom the requests' output tokens were counted.</summary>
    public TokenCounts Tokens { get; private init; } = new();

    public IEnumerable<Request> In(Slice slice) => Requests.In(slice);

    /// <summary>The values of a metric with one value or more a request. Failed requests are in it as infinitely late.</summary>
    /// <param name="limits">Seconds: how many values lie beyond these stays exact whatever the number of values.</param>
    public Distribution DistributionOf(MetricId metric, Slice slice, IReadOnlyList<double>? limits = null) =>
        DistributionOf(metric, In(slice), new DistributionBuilder(limits));

    /// <inheritdoc cref="DistributionOf(MetricId, Slice, IReadOnlyList{double})"/>
    public static Distribution DistributionOf(MetricId metric, IEnumerable<Request> requests, DistributionBuilder? into = null)
    {
        var values = into ?? new DistributionBuilder();
        foreach (var request in requests)
        {
            MetricValues.AddTo(values, metric, request);
        }

        return values.Build();
    }

    /// <summary>A share as hits among all that count; empty when nothing counts.</summary>
    public ShareCount ShareOf(MetricId metric, Slice slice) => ShareOf(metric, In(slice));

    /// <inheritdoc cref="ShareOf(MetricId, Slice)"/>
    public static ShareCount ShareOf(MetricId metric, IEnumerable<Request> requests)
    {
        var (hits, total) = (0.0, 0L);
        foreach (var request in requests)
        {
            if (MetricValues.ShareOf(metric, request) is { } value)
            {
                hits += value;
                total++;
            }
        }

        return new ShareCount(hits, total);
    }

    /// <summary>Good requests, completed requests or output tokens per second of the slice's phases, by planned time.</summary>
    public RateSeries RateOf(MetricId metric, Slice slice)
    {
        var windows = WindowsOf(slice.Phase).ToList();
        var bins = windows.Select(window => new double[(window.End - window.Start) / Nanos.PerSecond]).ToList();
        var amount = 0.0;
        foreach (var request in In(slice))
        {
            var value = MetricValues.AmountOf(metric, request);
            amount += value;
            var at = windows.FindIndex(window => window.Phase == request.Phase);
            var second = at < 0 ? -1 : (request.PlannedAt - windows[at].Start) / Nanos.PerSecond;
            if (second >= 0 && second < bins[at].Length)
            {
                bins[at][second] += value;
            }
        }

        return new RateSeries(
            amount, windows.Sum(window => Nanos.ToSeconds(window.End - window.Start)), [.. bins.SelectMany(bin => bin)]);
    }

    /// <summary>Null: the three measured phases.</summary>
    public IEnumerable<PhaseWindow> WindowsOf(Phase? phase) =>
        Windows.Where(window => phase is { } one ? window.Phase == one : window.Phase != Phase.WarmUp);

    private PhaseWindow Clip(PhaseWindow window) => Ending is { Ending: RunEnding.Completed }
        ? window
        : window with { End = Math.Min(window.End, LastAt) };

    /// <summary>Takes a journal event by event.</summary>
    internal sealed class Folder
    {
        private readonly RequestSet _requests = new();
        private readonly InjectionLog _injections = new();
        private readonly TokenCounts _tokens = new();
        private readonly ServerFold _servers = new();
        private readonly List<TimelineEntry> _timeline = [];
        private readonly List<JournalEvent.HardFail> _hardFails = [];
        private readonly Dictionary<Cohort, Cohort> _cohorts = new(new SameCohort());
        private JournalEvent.RunStarted? _run;
        private int _line;
        private JournalEvent.RunEnded? _ending;
        private JournalEvent.GoldenCompared? _golden;
        private JournalEvent.Judged? _judged;
        private JournalEvent.Decided? _decided;
        private ShadowLog? _shadow;
        private readonly List<JournalEvent.TargetStarted> _starts = [];

        public void Add(JournalEvent entry)
        {
            if (entry is JournalEvent.RunStarted { Sharing.Kind: SharingKind.Shadow })
            {
                _shadow ??= new ShadowLog();
            }

            if (_run is null && entry is not JournalEvent.RunStarted)
            {
                throw new JournalException("the journal does not begin with the start of a run; its first line is missing");
            }

            _line++;
            switch (entry)
            {
                case JournalEvent.RunStarted run:
                    _run = run;
                    break;
                case JournalEvent.Observation seen:
                    _requests.Add(RawRequest.Of(seen, Shared(seen.Cohort)));
                    _tokens.Add(seen.TokenSource);
                    _shadow?.Add(seen, _run!.Targets["baseline"]);
                    break;
                case JournalEvent.Score score:
                    _requests.Add(score);
                    break;
                case JournalEvent.GoldenCompared compared:
                    _golden = compared;
                    break;
                case JournalEvent.Judged judged:
                    _judged = judged;
                    break;
                case JournalEvent.RunEnded ended:
                    _ending = ended;
                    break;
                case JournalEvent.Decided decided:
                    _decided = decided;
                    break;
                case JournalEvent.TargetStarted started:
                    _starts.Add(started);
                    break;
                case JournalEvent.ServerSample sample:
                    _servers.Add(sample);
                    break;
                case JournalEvent.ClockStarted or JournalEvent.Attempt:
                    break; // for traces: nothing is judged by them
                case JournalEvent.HardFail fail:
                    _hardFails.Add(fail);
                    break;
                case JournalEvent.Injection met:
                    _injections.Add(met, _line);
                    break;
                case JournalEvent.ShardBegan:
                    // The merge reads it; it measures nothing.
                    break;
                case JournalEvent.FaultTransition or JournalEvent.Detection or JournalEvent.Note or JournalEvent.GeneratorSample:
                    _timeline.Add(new TimelineEntry(_line, entry));
                    break;
                default:
                    throw new UnreachableException($"no rule for {entry.GetType().Name}");
            }
        }

        /// <summary>The first line once more, with what is known only at the end.</summary>
        public void Restart(JournalEvent.RunStarted run) => _run = run;

        public Measurements Close()
        {
            var run = _run ?? throw new JournalException("the journal is empty: the run stopped before its first line was written");
            _requests.Close(run.Objectives);
            return new Measurements(_decided is null ? run : UpTo(run, _decided), _ending, _requests, _timeline, _injections)
            {
                HardFails = _hardFails, Golden = _golden, Judged = _judged, Tokens = _tokens, Decided = _decided, Shadow = _shadow, Starts = _starts, Servers = _servers.Close(),
            };
        }

        /// <summary>A run that was decided early was planned up to there, as far as anybody who judges it is concerned.</summary>
        private static JournalEvent.RunStarted UpTo(JournalEvent.RunStarted run, JournalEvent.Decided decided) => run with
        {
            PlannedArrivals = decided.Arrivals,
            Phases = [.. run.Phases.Where(phase => phase.Start < decided.End).Select(phase => phase with { End = Math.Min(phase.End, decided.End) })],
            PlannedPerSecond = [.. run.PlannedPerSecond.Take((int)((decided.End + Nanos.PerSecond - 1) / Nanos.PerSecond))],
        };

        /// <summary>One object for each distinct cohort: a million requests share a handful.</summary>
        private Cohort Shared(Cohort cohort) =>
            _cohorts.TryGetValue(cohort, out var shared) ? shared : _cohorts[cohort] = cohort;
    }
}
