using System.Collections;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Traces;

namespace ChaosBench.Scenarios.Prompts;

/// <summary>How fast whole conversations go on.</summary>
/// <param name="Speed">Of recorded delays and instants.</param>
/// <param name="Think">Pause after each answer instead of the recorded one. Null: as recorded.</param>
public sealed record SessionPace(double Speed, TimeSpan? Think);

/// <summary>
/// One prompt a session of a trace, its later turns in <see cref="Prompt.Turns"/>; a request without a session is a conversation of
/// one turn. Made when they are drawn, like the trace's single prompts.
/// </summary>
/// <param name="sessions">Rows of each, in order of their turns.</param>
/// <param name="pace">Null: turns have no instants of their own.</param>
/// <param name="asked">What a turn asks that goes on from the one before: this row, the row before.</param>
internal sealed class TracedConversations(
    TracedPrompts prompts, IReadOnlyList<TraceRecord> rows, IReadOnlyList<IReadOnlyList<int>> sessions, SessionPace? pace,
    Func<int, int, IReadOnlyList<ChatMessage>> asked) : IReadOnlyList<Prompt>
{
    public int Count => sessions.Count;

    public Prompt this[int index]
    {
        get
        {
            var members = sessions[index];
            return members.Count == 1 ? prompts[members[0]]
                : prompts[members[0]] with { Turns = [.. Enumerable.Range(1, members.Count - 1).Select(turn => Turn(members, turn))] };
        }
    }

    public IEnumerator<Prompt> GetEnumerator() => Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private PlannedTurn Turn(IReadOnlyList<int> members, int turn)
    {
        var row = rows[members[turn]];
        var isAlone = row.After is not null;
        var planned = new PlannedTurn(
            isAlone ? prompts[members[turn]].Messages : asked(members[turn], members[turn - 1]),
            row.OutputTokens is { } output ? prompts.Scaled(output) : null)
        {
            Answers = isAlone ? Answers(row, members) : null,
        };
        return pace is null ? planned : Paced(planned, row, members);
    }

    private PlannedTurn Paced(PlannedTurn turn, TraceRecord row, IReadOnlyList<int> members)
    {
        var after = row.After is { } waited ? Places(waited, members) : null;
        var begins = after is { Count: 0 };
        return turn with
        {
            After = after,
            Delay = begins ? 0 : pace!.Think is { } think ? Nanos.From(think) : Scaled(row.Delay ?? 0),

            // Where the pause is not recorded but the instant is, the instant stands, unless the live answer comes later than that.
            NotBefore = (begins || (pace!.Think is null && row.Delay is null)) && row.At is { } at && rows[members[0]].At is { } start
                ? Scaled(Math.Max(0, at - start)) : 0,
        };
    }

    /// <summary>Positions of turns that are named by their recorded number; those outside the window are not waited for.</summary>
    private List<int> Places(IReadOnlyList<int> turns, IReadOnlyList<int> members) =>
        [.. turns.Select(turn => PlaceOf(turn, members)).Where(place => place >= 0).Order()];

    private List<AnswerPlace> Answers(TraceRecord row, IReadOnlyList<int> members) =>
        [.. (row.Answers ?? []).Select(place => place with { Turn = PlaceOf(place.Turn, members) }).Where(place => place.Turn >= 0)];

    private int PlaceOf(int turn, IReadOnlyList<int> members)
    {
        for (var place = 0; place < members.Count; place++)
        {
            if (rows[members[place]].Turn == turn)
            {
                return place;
            }
        }

        return -1;
    }

    private long Scaled(long nanos) => (long)(nanos / pace!.Speed);
}
