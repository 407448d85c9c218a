using ChaosBench.Engine.Grading;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>
/// Takes a response to its one observation:
/// <code>
/// response -> observation -> journal   (by way of a tokenizer, where the server did not count its tokens)
///     |-----> scores ------> journal   (on the raw text, before it is dropped)
/// </code>
/// </summary>
internal sealed class Recorder(RunRequest request, RunStop stop, Tally tally, RecentWindow recent) : IDisposable
{
    private readonly TokenCounting _counting = new(request.TokenCounters, request.Journal, stop);
    // What happens to a copy is no user's trouble, and stops nothing.
    private readonly bool _mirrored = request.Plan.Scenario.IsMirrored;
    private readonly bool _isOpen = request.Plan.Scenario.Workload is Workload.Open;

    public string StopReason => $"run stopped: {stop.Reason}";

    /// <summary>Accounts for an arrival that will not be sent.</summary>
    public void Skip(Arrival arrival, long planned)
    {
        var response = new Response { Outcome = Outcome.NotSent, Reason = StopReason };
        Record(arrival, planned, request.Targets[arrival.Role].Name, Instants.None, in response, AnswerUse.None);
    }

    /// <summary>A target only knows that it was cancelled; the flight knows why.</summary>
    public Response Interpret(Flight flight, Response response)
    {
        if (response.Outcome != Outcome.Cancelled || !flight.IsCancelled)
        {
            return response;
        }

        return flight.Cause switch
        {
            CancelCause.Timeout => response with
            {
                Outcome = Outcome.TimedOut,
                Reason = FormattableString.Invariant($"no complete answer within {flight.RequestTimeout.TotalSeconds:0.###} s of its send"),
            },
            CancelCause.Drain => response with
            {
                Outcome = Outcome.TimedOut,
                Reason = FormattableString.Invariant($"no answer within drain of {request.Plan.Scenario.Drain.TotalSeconds:0.###} s"),
            },
            CancelCause.Stop => response with { Reason = StopReason },
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    public void Record(Flight flight, in Response response) =>
        Record(flight.Arrival, flight.Planned, flight.Target, flight.Instants.Close(), in response, flight.Use);

    /// <summary>Everything that was recorded is in the journal.</summary>
    public void Dispose() => _counting.Dispose();

    private void Record(Arrival arrival, long planned, string target, in Instants instants, in Response response, AnswerUse use)
    {
        var observation = Observations.Make(request, arrival, _isOpen ? planned : instants.Sent ?? planned, target, in instants, in response);
        tally.Add(observation.Outcome, observation.Sent is not null, observation.OutputTokens ?? 0);
        if (!_mirrored || arrival.Role == TargetRole.Baseline)
        {
            recent.Add(observation);
        }

        var scores = Graders.Grade(arrival, in response, observation.Ended);
        if (!_counting.TryTake(arrival, observation, scores, response.Pieces))
        {
            request.Journal.Write(observation);
            foreach (var score in scores)
            {
                request.Journal.Write(score);
            }
        }

        request.Observer?.OnEnded(arrival, observation, response.Text, use);
    }
}
