using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine.Targets.Clients;

/// <summary>Writes the attempts of a client policy into the journal: each is a span of its own in the trace of its request.</summary>
public sealed class AttemptLog(IJournalWriter journal, RunClock clock)
{
    internal long Now() => clock.Now;

    internal void Add(Arrival arrival, int number, string target, long began, Response response) => journal.Write(new JournalEvent.Attempt
    {
        At = clock.Now,
        Arrival = arrival.Index,
        Number = number,
        Conversation = arrival.Conversation,
        Target = target,
        Began = began,
        Outcome = response.Outcome,
        Status = response.Status,
        Reason = response.Outcome == Outcome.Completed ? null : OneLine.Of(response.Reason),
    });
}
