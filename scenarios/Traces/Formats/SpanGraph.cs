using System.Collections;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Scenarios.Traces.Formats;

/// <summary>
/// What each call of a session waited for. A call depends on those that had ended when it started and
/// <code>
/// stands above it           its parent span, or the nearest one above that that is a call
/// is quoted by it           its answer is one of the messages, or a part of one
/// came before it            neither of these: under the same parent span, what had ended last
/// </code>
/// less what follows from the others. A call without any begins by itself, at its own instant.
/// </summary>
internal sealed class SpanGraph
{
    /// <summary>Calls of one session: the work grows with their square.</summary>
    public const int MostCalls = 2_000;

    /// <summary>Shorter answers ("yes") are found everywhere.</summary>
    private const int LeastQuoted = 24;

    private readonly List<SpanCall> _calls;
    private readonly Func<SpanCall, IEnumerable<string>> _above;

    // By call: all that it depends on, directly or not.
    private readonly BitArray[] _ancestors;

    /// <param name="calls">Of one session.</param>
    /// <param name="above">Ids of the spans above one, the nearest first.</param>
    private SpanGraph(IEnumerable<SpanCall> calls, Func<SpanCall, IEnumerable<string>> above)
    {
        _calls = [.. calls.OrderBy(call => call.Record.At)];
        _above = above;
        _ancestors = new BitArray[_calls.Count];
    }

    /// <summary>The calls as turns of their session, in order of their start.</summary>
    public static IEnumerable<TraceRecord> Turns(IReadOnlyList<SpanCall> calls, Func<SpanCall, IEnumerable<string>> above)
    {
        if (calls.Count is 1 or > MostCalls)
        {
            return calls.Select(call => call.Record);
        }

        var graph = new SpanGraph(calls, above);
        return Enumerable.Range(0, calls.Count).Select(graph.Turn);
    }

    private TraceRecord Turn(int number)
    {
        var call = _calls[number];
        var quoted = Quoted(number);
        var found = quoted.Select(place => place.Turn).Concat(Parent(number)).Concat(Within(number)).Distinct().ToList();
        var after = Direct(found.Count > 0 ? found : Before(number));
        var ancestors = _ancestors[number] = new BitArray(_calls.Count);
        foreach (var one in after)
        {
            ancestors.Or(_ancestors[one]);
            ancestors[one] = true;
        }

        return call.Record with
        {
            Turn = number + 1,
            After = [.. after.Select(one => one + 1)],
            Delay = after.Count == 0 ? null : Math.Max(0, call.Record.At!.Value - after.Max(one => _calls[one].End!.Value)),
            Answers = quoted.Count == 0 ? null : [.. quoted.Select(place => place with { Turn = place.Turn + 1 })],
        };
    }

    private bool HadEnded(int call, int when) => _calls[call].End is { } end && end <= _calls[when].Record.At;

    /// <summary>Messages that are the answers of earlier calls, word for word; of equal answers the latest.</summary>
    private List<AnswerPlace> Quoted(int number)
    {
        var places = new List<AnswerPlace>();
        var messages = _calls[number].Record.Messages ?? [];
        for (var at = 0; at < messages.Count; at++)
        {
            for (var call = number - 1; messages[at].Role == "assistant" && call >= 0; call--)
            {
                if (HadEnded(call, number) && _calls[call].Record.Answer is { Length: > 0 } answer && answer.Trim() == messages[at].Content.Trim())
                {
                    places.Add(new AnswerPlace(at, call));
                    break;
                }
            }
        }

        return places;
    }

    /// <summary>Calls whose answers stand somewhere within a message.</summary>
    private IEnumerable<int> Within(int number) => Enumerable.Range(0, number).Where(call => HadEnded(call, number)
        && _calls[call].Record.Answer?.Trim() is { Length: >= LeastQuoted } answer
        && (_calls[number].Record.Messages ?? []).Any(message => message.Content.Contains(answer, StringComparison.Ordinal)));

    private IEnumerable<int> Parent(int number)
    {
        foreach (var id in _above(_calls[number]))
        {
            var parent = _calls.FindIndex(call => call.Id == id);
            if (parent >= 0)
            {
                return parent < number && HadEnded(parent, number) ? [parent] : [];
            }
        }

        return [];
    }

    private List<int> Before(int number) => _calls[number].Parent is not { } parent ? []
        : [.. Enumerable.Range(0, number).Where(call => _calls[call].Parent == parent && HadEnded(call, number))];

    /// <summary>Less those that another of them depends on.</summary>
    private List<int> Direct(IReadOnlyList<int> after) =>
        [.. after.Where(one => !after.Any(other => other != one && _ancestors[other][one])).Order()];
}

/// <summary>A call of a model, as a span recorded it.</summary>
/// <param name="End">Nanoseconds on the clock of the record's time.</param>
internal sealed record SpanCall(string? Id, string? Parent, string? Trace, long? End, TraceRecord Record);
