using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>
/// What one closed client asks, request after request. A planned conversation goes on while it is answered: its next turn carries
/// all that was said so far, the answers as they came. A turn that failed, or was answered with nothing or with a flood, ends it.
/// </summary>
internal sealed class Conversation(Plan plan, Workload.Closed workload, int client)
{
    /// <summary>Characters of an answer that are carried on: a target must not fill our memory through its own answers.</summary>
    internal const int MostCarried = 256 << 10;

    private readonly List<string?> _answers = [];
    private Arrival? _talk;
    private int _turn;
    private int _requests;
    private int _opened;

    /// <summary>
    /// The next request, sent at <paramref name="now"/>: the planner could not know when, so the input faults that are due are
    /// applied here.
    /// </summary>
    public Arrival Next(long now)
    {
        var index = checked((_requests++ * workload.Clients) + client);
        var arrival = _talk is { } talk ? Turn(talk, index) : Opened(index);
        return plan.Faults.Count == 0 ? arrival : InputFaults.Apply(plan.Faults, plan.Seed, arrival, now);
    }

    /// <summary>The next request carries the answer on.</summary>
    public bool WantsText => _talk is not null;

    /// <summary>The answer to the last request.</summary>
    public void Heard(Outcome outcome, string? text)
    {
        if (_talk is not { } talk)
        {
            return;
        }

        if (outcome == Outcome.Completed && text is { Length: > 0 and <= MostCarried } && _turn < talk.Prompt.Turns.Count)
        {
            _answers.Add(text);
            _turn++;
        }
        else
        {
            _talk = null;
        }
    }

    private Arrival Opened(int index)
    {
        var entry = checked((_opened++ * workload.Clients) + client) % plan.Arrivals.Count;
        var arrival = plan.Arrivals[entry] with { Index = index, At = 0, Group = index };
        if (arrival.Prompt is { Turns.Count: > 0, RawBody: null })
        {
            (_talk, _turn) = (arrival, 0);
            _answers.Clear();
        }

        return arrival;
    }

    private Arrival Turn(Arrival talk, int index) =>
        Turns.Request(talk, _turn, Turns.Messages(talk.Prompt, _turn, _answers)) with { Index = index, Group = index };
}
