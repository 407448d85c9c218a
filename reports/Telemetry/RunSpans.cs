using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Telemetry;

/// <summary>The run as a trace of its own: one span for it, one for each phase that was reached.</summary>
internal sealed class RunSpans(TelemetryRun run)
{
    /// <summary>Backends refuse spans with too many events; what is over it is counted.</summary>
    private const int MostEvents = 128;

    private readonly List<SpanEvent> _events = [];
    private int _dropped;
    private long? _decided;
    private JournalEvent.RunEnded? _ended;

    /// <summary>When the last thing happened, nanoseconds of the run.</summary>
    public long LastAt { get; private set; }

    public void Add(JournalEvent entry)
    {
        LastAt = Math.Max(LastAt, entry.At);
        switch (entry)
        {
            case JournalEvent.Detection seen:
                Add(seen.At, "chaosbench.detection",
                    KeyValue.Of("chaosbench.detection.by", seen.By), KeyValue.Of("chaosbench.detection.what", seen.What),
                    seen.Fault is { } fault ? KeyValue.Of("chaosbench.fault.id", fault) : null);
                break;
            case JournalEvent.Note note:
                Add(note.At, "chaosbench.note", KeyValue.Of("chaosbench.note.text", note.Text));
                break;
            case JournalEvent.Decided decided:
                _decided = decided.End;
                break;
            case JournalEvent.RunEnded ended:
                _ended = ended;
                break;
        }
    }

    public IEnumerable<Span> Close()
    {
        for (var number = 0; number < run.Start.Phases.Count; number++)
        {
            if (Phase(run.Start.Phases[number], number) is { } phase)
            {
                yield return phase;
            }
        }

        yield return new Span
        {
            Trace = run.Ids.RunTrace,
            Id = run.Ids.RunSpan(0),
            Name = $"run {run.Start.Scenario}",
            Kind = SpanKind.Internal,
            Start = run.Wall(0),
            End = run.Wall(LastAt),
            Attributes =
            [
                KeyValue.Of("chaosbench.ending", _ended is null ? "cut-off" : Kebab.Of(_ended.Ending)),
                KeyValue.Of("chaosbench.healed", _ended is null ? "unknown" : Kebab.Of(_ended.Healed)),
                .. _dropped > 0 ? [KeyValue.Of("chaosbench.events.left_out", (long)_dropped)] : Array.Empty<KeyValue>(),
            ],
            Events = _events,
            Error = _ended is { Ending: RunEnding.Completed } ? null : _ended?.Reason ?? "the journal stops before the run did",
        };
    }

    private void Add(long at, string name, params KeyValue?[] attributes)
    {
        if (_events.Count == MostEvents)
        {
            _dropped++;
            return;
        }

        _events.Add(new SpanEvent(run.Wall(at), name, [.. attributes.OfType<KeyValue>()]));
    }

    private Span? Phase(PhaseWindow window, int number)
    {
        var end = _ended is { Ending: RunEnding.Completed } ? Math.Min(window.End, _decided ?? window.End) : Math.Min(window.End, LastAt);
        return end <= window.Start ? null : new Span
        {
            Trace = run.Ids.RunTrace,
            Id = run.Ids.RunSpan(1 + number),
            Parent = run.Ids.RunSpan(0),
            Name = $"phase {Kebab.Of(window.Phase)}",
            Kind = SpanKind.Internal,
            Start = run.Wall(window.Start),
            End = run.Wall(end),
            Attributes = [KeyValue.Of("chaosbench.phase", Kebab.Of(window.Phase))],
        };
    }
}

/// <param name="Cleared">Nanoseconds of the run; null: it is still in place.</param>
internal sealed record FaultWindowSpan(string Fault, ulong Span, long Active, long? Cleared);

/// <summary>A span for each time that a fault was in place, in the trace of the run.</summary>
internal sealed class FaultSpans(TelemetryRun run)
{
    /// <summary>Behind the numbers of the run and its phases.</summary>
    private const int FirstNumber = 1_000;

    private readonly Dictionary<string, PlannedFaultInfo> _planned = run.Start.Faults.GroupBy(fault => fault.Id, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
    private readonly List<FaultWindowSpan> _windows = [];
    private readonly Dictionary<ulong, List<SpanEvent>> _events = [];
    private readonly Dictionary<string, JournalEvent.FaultTransition> _failed = new(StringComparer.Ordinal);

    public void Add(JournalEvent.FaultTransition moved)
    {
        var open = _windows.FindLastIndex(window => window.Fault == moved.Fault);
        if (moved.State == FaultState.Active && (open < 0 || _windows[open].Cleared is not null))
        {
            _windows.Add(new FaultWindowSpan(moved.Fault, run.Ids.RunSpan(FirstNumber + _windows.Count), moved.At, null));
            open = _windows.Count - 1;
        }

        if (open < 0)
        {
            if (moved.State == FaultState.Failed)
            {
                _failed[moved.Fault] = moved;
            }

            return;
        }

        if (moved.State is FaultState.Cleared or FaultState.Failed && _windows[open].Cleared is null)
        {
            _windows[open] = _windows[open] with { Cleared = moved.At };
        }

        var events = _events.TryGetValue(_windows[open].Span, out var known) ? known : _events[_windows[open].Span] = [];
        events.Add(new SpanEvent(
            run.Wall(moved.At), $"chaosbench.fault.{Kebab.Of(moved.State)}",
            moved.Detail is { } detail ? [KeyValue.Of("chaosbench.fault.detail", detail)] : []));
    }

    /// <summary>Whatever was in place at some instant from <paramref name="from"/> to <paramref name="to"/>.</summary>
    public IEnumerable<FaultWindowSpan> During(long from, long to) =>
        _windows.Where(window => window.Active <= to && (window.Cleared is not { } cleared || cleared >= from));

    public IReadOnlyList<KeyValue> Describe(string fault) => _planned.TryGetValue(fault, out var planned)
        ?
        [
            KeyValue.Of("chaosbench.fault.id", fault), KeyValue.Of("chaosbench.fault.kind", planned.Kind),
            KeyValue.Of("chaosbench.fault.vantage", Kebab.Of(planned.Vantage)), KeyValue.Of("chaosbench.fault.scope", Kebab.Of(planned.Scope)),
            KeyValue.Of("chaosbench.fault.fidelity", Kebab.Of(planned.Fidelity)), KeyValue.Of("chaosbench.fault.share", planned.Share),
        ]
        : [KeyValue.Of("chaosbench.fault.id", fault)];

    public IEnumerable<Span> Close(long lastAt)
    {
        foreach (var window in _windows)
        {
            yield return Window(window.Fault, window.Span, window.Active, window.Cleared ?? lastAt, _events.GetValueOrDefault(window.Span) ?? [],
                window.Cleared is null ? "still in place when the run ended" : null);
        }

        // Never in place: no length, and an error that says why.
        foreach (var (fault, moved) in _failed.Where(failed => !_windows.Exists(window => window.Fault == failed.Key)))
        {
            yield return Window(fault, run.Ids.RunSpan(FirstNumber + _windows.Count + _failed.Keys.ToList().IndexOf(fault)), moved.At, moved.At, [], moved.Detail ?? "failed");
        }
    }

    private Span Window(string fault, ulong id, long from, long to, IReadOnlyList<SpanEvent> events, string? error) => new()
    {
        Trace = run.Ids.RunTrace,
        Id = id,
        Parent = run.Ids.RunSpan(0),
        Name = $"fault {(_planned.TryGetValue(fault, out var planned) ? planned.Kind : fault)}",
        Kind = SpanKind.Internal,
        Start = run.Wall(from),
        End = run.Wall(Math.Max(from, to)),
        Attributes = Describe(fault),
        Events = events,
        Error = error,
    };
}
