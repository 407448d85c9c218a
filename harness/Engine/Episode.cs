using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>
/// One planned arrival and the turns that follow it: each is due when everything that it waits for was answered and its pause is over.
/// <code>
/// turn 0 --answer--> [ all of After answered ] --Delay--> due --> turn k, with the live answers in its messages
/// </code>
/// A turn that failed, or was answered with nothing or with a flood where its answer is needed, ends what waits for it: such turns are
/// never asked and are no arrivals. Safe for several threads.
/// </summary>
internal sealed class Episode
{
    private readonly Plan _plan;
    private readonly Arrival _first;

    // Guards the fields below, all by turn; turn 0 is the arrival.
    private readonly Lock _lock = new();
    private readonly string?[] _answers;
    private readonly int[] _missing;
    private readonly long[] _lastEnd;

    public Episode(Plan plan, Arrival first)
    {
        (_plan, _first) = (plan, first);
        var count = first.Prompt.Turns.Count + 1;
        (_answers, _missing, _lastEnd) = (new string?[count], new int[count], new long[count]);
        for (var turn = 1; turn < count; turn++)
        {
            _missing[turn] = TurnAt(turn).After?.Count ?? 1;
        }
    }

    /// <summary>Whether anything follows this arrival in an open workload: a body that is not made from messages has no answer to carry.</summary>
    public static bool Begins(Plan plan, Arrival arrival) =>
        plan.Turns is not null && plan.Scenario.Workload is Workload.Open { Sessions: true } && arrival.Prompt is { Turns.Count: > 0, RawBody: null };

    /// <summary>Turns that wait for nothing but their instant.</summary>
    public IReadOnlyList<Sequel> Begin()
    {
        List<Sequel>? begun = null;
        for (var turn = 1; turn < _missing.Length; turn++)
        {
            if (TurnAt(turn).After is { Count: 0 })
            {
                (begun ??= []).Add(new Sequel(this, turn, Due(turn, _first.At)));
            }
        }

        return begun ?? (IReadOnlyList<Sequel>)[];
    }

    /// <summary>Somebody carries its answer on.</summary>
    public bool NeedsText(int turn)
    {
        for (var later = turn + 1; later < _missing.Length; later++)
        {
            if (TurnAt(later).Answers is not { } places || places.Any(place => place.Turn == turn))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What can be asked now that this turn has ended.</summary>
    /// <param name="now">When it ended, nanoseconds of the run's clock.</param>
    public IReadOnlyList<Sequel> Ended(int turn, Outcome outcome, string? text, long now)
    {
        var isCarried = text is { Length: > 0 and <= Conversation.MostCarried };
        if (outcome != Outcome.Completed || (!isCarried && NeedsText(turn)))
        {
            return [];
        }

        List<Sequel>? ready = null;
        lock (_lock)
        {
            _answers[turn] = text;
            for (var later = turn + 1; later < _missing.Length; later++)
            {
                if (Waits(later, turn))
                {
                    _lastEnd[later] = Math.Max(_lastEnd[later], now);
                    if (--_missing[later] == 0)
                    {
                        (ready ??= []).Add(new Sequel(this, later, Due(later, _lastEnd[later] + TurnAt(later).Delay)));
                    }
                }
            }
        }

        return ready ?? (IReadOnlyList<Sequel>)[];
    }

    /// <summary>The request of a turn that is due.</summary>
    public Arrival Request(int turn, long due)
    {
        var index = _plan.Turns!.NumberOf(_first.Index, turn);
        var arrival = Turns.Request(_first, turn, Messages(turn)) with { Index = index, Group = index, At = due };
        return _plan.Faults.Count == 0 ? arrival : InputFaults.Apply(_plan.Faults, _plan.Seed, arrival, due);
    }

    private List<ChatMessage> Messages(int turn)
    {
        lock (_lock)
        {
            return Turns.Messages(_first.Prompt, turn, _answers);
        }
    }

    private long Due(int turn, long at) => Math.Max(at, _first.At + TurnAt(turn).NotBefore);

    private bool Waits(int later, int turn) => TurnAt(later).After is { } after ? after.Contains(turn) : later == turn + 1;

    private PlannedTurn TurnAt(int turn) => _first.Prompt.Turns[turn - 1];
}

/// <param name="Due">When to send it, nanoseconds of the run's clock: its lateness counts from there.</param>
internal readonly record struct Sequel(Episode Episode, int Turn, long Due);
