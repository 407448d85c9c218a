using ChaosBench.Reports.Content;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Reports.Telemetry;

/// <summary>
/// Spans from the journal, one pass, in the order in which things ended:
/// <code>
/// trace of the run:          run -- phases, one span for each time that a fault was in place
/// trace of a request:        {operation} {model}                                  (begins when it was planned to be sent)
///    under a client policy:     +-- attempt 1, attempt 2, ...                      (whose ids went into the traceparent header)
/// trace of a conversation:   conversation -- a request for each turn
/// </code>
/// A request that met a fault, or was under way while one was in place, links to the span of that fault.
/// </summary>
/// <param name="texts">By arrival, as they were kept, which is after redaction. Null: no prompt or output goes into a span.</param>
public sealed class SpanFold(TelemetryRun run, IReadOnlyDictionary<int, ContentLine>? texts = null)
{
    private readonly FaultSpans _faults = new(run);
    private readonly RunSpans _run = new(run);
    private readonly ConversationSpans _conversations = new(run);
    private readonly Dictionary<string, List<(string Fault, long At)>> _injected = new(StringComparer.Ordinal);

    /// <summary>Requests that were seen, sampled or not.</summary>
    public long Requests { get; private set; }

    /// <summary>Those of them that became a span.</summary>
    public long Sampled { get; private set; }

    /// <param name="journal">From its first line.</param>
    public IEnumerable<Span> Spans(IEnumerable<JournalEvent> journal)
    {
        foreach (var entry in journal)
        {
            _run.Add(entry);
            switch (entry)
            {
                case JournalEvent.FaultTransition moved:
                    _faults.Add(moved);
                    break;
                case JournalEvent.Injection { Kind: InjectionKind.Applied } met when IsRequest(met.Key):
                    (_injected.TryGetValue(met.Key, out var list) ? list : _injected[met.Key] = []).Add((met.Fault, met.At));
                    break;
                case JournalEvent.Attempt attempt when run.Ids.IsSampled(attempt.Conversation ?? attempt.Arrival):
                    yield return Attempt(attempt);
                    break;
                case JournalEvent.Observation seen:
                    if (Request(seen) is { } span)
                    {
                        yield return span;
                    }

                    break;
            }
        }

        foreach (var span in _conversations.Close().Concat(_faults.Close(_run.LastAt)).Concat(_run.Close()))
        {
            yield return span;
        }
    }

    private static bool IsRequest(string key) => key.Length > 1 && key[0] == 'r' && char.IsAsciiDigit(key[^1]) && !key.Contains('-', StringComparison.Ordinal);

    private Span? Request(JournalEvent.Observation seen)
    {
        var id = RequestIdOf(seen.Arrival);
        _injected.Remove(id, out var injected);
        Requests++;
        if (!run.Ids.IsSampled(seen.Conversation ?? seen.Arrival))
        {
            return null;
        }

        Sampled++;
        _conversations.Add(seen);
        var names = run.NamesOf(seen.Target);
        var met = _faults.During(seen.Planned, seen.Ended).ToList();
        return new Span
        {
            Trace = run.Ids.TraceOf(seen.Conversation ?? seen.Arrival),
            Id = run.Ids.SpanOf(seen.Arrival),
            Parent = seen.Conversation is { } first ? ConversationSpans.IdOf(run, first) : null,
            Name = $"{names.Operation} {names.Model}",
            Kind = names.Address is null ? SpanKind.Internal : SpanKind.Client,
            Start = run.Wall(seen.Planned),
            End = run.Wall(Math.Max(seen.Planned, seen.Ended)),
            Attributes = [.. RequestAttributes.Of(seen, names, id, met), .. RequestTexts.Of(texts?.GetValueOrDefault(seen.Arrival), seen.FinishReason)],
            Events = [.. Events(seen, injected).OrderBy(happening => happening.At)],
            Links = [.. met.Select(window => new SpanLink(run.Ids.RunTrace, window.Span,
                [KeyValue.Of("chaosbench.fault.id", window.Fault), KeyValue.Of("chaosbench.fault.applied", seen.Faults.Contains(window.Fault))]))],
            Error = seen.Outcome == Outcome.Completed ? null : seen.Reason ?? "",
        };
    }

    private IEnumerable<SpanEvent> Events(JournalEvent.Observation seen, List<(string Fault, long At)>? injected)
    {
        (string Name, long? At)[] instants = [("chaosbench.sent", seen.Sent), ("chaosbench.first_token", seen.FirstToken), ("chaosbench.last_token", seen.LastToken)];
        foreach (var (name, at) in instants)
        {
            if (at is { } when)
            {
                yield return new SpanEvent(run.Wall(when), name, []);
            }
        }

        foreach (var (fault, at) in injected ?? [])
        {
            yield return new SpanEvent(run.Wall(at), "chaosbench.fault.injected", _faults.Describe(fault));
        }
    }

    private Span Attempt(JournalEvent.Attempt attempt)
    {
        var names = run.NamesOf(attempt.Target);
        return new Span
        {
            Trace = run.Ids.TraceOf(attempt.Conversation ?? attempt.Arrival),
            Id = run.Ids.SpanOf(attempt.Arrival, attempt.Number),
            Parent = run.Ids.SpanOf(attempt.Arrival),
            Name = $"attempt {names.Operation} {names.Model}",
            Kind = names.Address is null ? SpanKind.Internal : SpanKind.Client,
            Start = run.Wall(attempt.Began),
            End = run.Wall(Math.Max(attempt.Began, attempt.At)),
            Attributes =
            [
                .. names.Attributes, KeyValue.Of("chaosbench.request.id", RequestIdOf(attempt.Arrival)),
                KeyValue.Of("chaosbench.attempt", (long)attempt.Number),
                .. attempt.Number > 1 ? [KeyValue.Of("http.request.resend_count", attempt.Number - 1L)] : Array.Empty<KeyValue>(),
                .. RequestAttributes.Ending(attempt.Outcome, attempt.Status),
            ],
            Error = attempt.Outcome == Outcome.Completed ? null : attempt.Reason ?? "",
        };
    }

    /// <summary>As <see cref="Arrival.RequestId"/>.</summary>
    internal static string RequestIdOf(int arrival) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"r{arrival:D6}");
}

/// <summary>A conversation as one span over its turns.</summary>
internal sealed class ConversationSpans(TelemetryRun run)
{
    /// <summary>A number that no attempt has.</summary>
    private const int Whole = 255;

    private readonly SortedDictionary<int, (long Start, long End, int Turns, string Target)> _seen = [];

    public static ulong IdOf(TelemetryRun run, int first) => run.Ids.SpanOf(first, Whole);

    public void Add(JournalEvent.Observation seen)
    {
        if (seen.Conversation is { } first)
        {
            _seen[first] = _seen.TryGetValue(first, out var all)
                ? (Math.Min(all.Start, seen.Planned), Math.Max(all.End, seen.Ended), all.Turns + 1, all.Target)
                : (seen.Planned, Math.Max(seen.Planned, seen.Ended), 1, seen.Target);
        }
    }

    public IEnumerable<Span> Close() => _seen.Select(conversation => new Span
    {
        Trace = run.Ids.TraceOf(conversation.Key),
        Id = IdOf(run, conversation.Key),
        Name = "conversation",
        Kind = SpanKind.Internal,
        Start = run.Wall(conversation.Value.Start),
        End = run.Wall(conversation.Value.End),
        Attributes =
        [
            KeyValue.Of("gen_ai.conversation.id", SpanFold.RequestIdOf(conversation.Key)), KeyValue.Of("chaosbench.target", conversation.Value.Target),
            KeyValue.Of("chaosbench.turns", (long)conversation.Value.Turns),
        ],
    });
}
