using ChaosBench.Engine.Grading;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>
/// Takes one arrival to its one observation:
/// <code>
/// arrival -> flight -> target -> response -> observation -> journal
///                                   |------> scores ------> journal   (on the raw text, before it is dropped)
/// </code>
/// </summary>
internal sealed class Dispatcher
{
    private readonly RunRequest _request;
    private readonly RunStop _stop;
    private readonly Flights _flights;
    private readonly Tally _tally;
    private readonly RecentWindow _recent;
    private readonly FlightPlan _flightPlan;
    private readonly Action<IThreadPoolWorkItem> _queue;

    public Dispatcher(RunRequest request, RunStop stop, Flights flights, Tally tally, RecentWindow recent)
    {
        _request = request;
        _stop = stop;
        _flights = flights;
        _tally = tally;
        _recent = recent;
        _flightPlan = new FlightPlan(request.Clock, request.Observer, flight => _ = RunAsync(flight));
        _queue = request.Queue ?? (static item => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false));
    }

    private bool IsOpen => _request.Plan.Scenario.Workload is Workload.Open;

    /// <summary>Sends it and returns; never waits for the answer.</summary>
    public Flight Dispatch(Arrival arrival, long planned)
    {
        var scenario = _request.Plan.Scenario;
        var settings = arrival.Role == TargetRole.Baseline ? scenario.Baseline ?? scenario.Candidate : scenario.Candidate;
        var flight = new Flight(arrival, planned, _request.Targets[arrival.Role], settings.RequestTimeout, _flightPlan);
        _flights.Add(flight);
        _queue(flight);
        return flight;
    }

    /// <summary>Accounts for an arrival that will not be sent.</summary>
    public void Skip(Arrival arrival, long planned, string reason)
    {
        var response = new Response { Outcome = Outcome.NotSent, Reason = reason };
        Record(arrival, planned, _request.Targets[arrival.Role].Name, default, response);
    }

    /// <summary>Writes the observation of a flight whose target does not come back even though it was cancelled.</summary>
    public void Abandon(Flight flight) => End(flight, Interpret(flight, new Response { Outcome = Outcome.Cancelled }));

    private async Task RunAsync(Flight flight)
    {
        var response = _stop.Token.IsCancellationRequested
            ? new Response { Outcome = Outcome.NotSent, Reason = StopReason }
            : await AskAsync(flight).ConfigureAwait(false);
        try
        {
            End(flight, response);
        }
#pragma warning disable CA1031 // Nobody awaits this task: what an observer or the journal throws must still end the run.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _stop.Request(RunEnding.Broken, $"recording an answer failed: {bug.GetType().Name}: {OneLine.Of(bug.Message)}");
        }
    }

    private async Task<Response> AskAsync(Flight flight)
    {
        try
        {
            var response = await flight.Target.SendAsync(flight.Arrival, flight.Instants, flight.Token).ConfigureAwait(false);
            return Interpret(flight, response);
        }
        catch (OperationCanceledException) when (flight.Token.IsCancellationRequested)
        {
            return Interpret(flight, new Response { Outcome = Outcome.Cancelled });
        }
#pragma warning disable CA1031 // The one place where a failure to send becomes an outcome: every arrival must have one.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            // A target that throws is our bug, not the target's failure: the run is worthless and says so.
            _stop.Request(RunEnding.Broken, $"target '{flight.Target.Name}' threw {bug.GetType().Name}: {OneLine.Of(bug.Message)}");
            return new Response { Outcome = Outcome.Cancelled, Reason = $"internal error: {bug.GetType().Name}" };
        }
    }

    /// <summary>A target only knows that it was cancelled; the flight knows why.</summary>
    private Response Interpret(Flight flight, Response response)
    {
        if (response.Outcome != Outcome.Cancelled || !flight.Token.IsCancellationRequested)
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
                Reason = FormattableString.Invariant($"no answer within drain of {_request.Plan.Scenario.Drain.TotalSeconds:0.###} s"),
            },
            CancelCause.Stop => response with { Reason = StopReason },
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private string StopReason => $"run stopped: {_stop.Reason}";

    private void End(Flight flight, Response response)
    {
        if (!flight.TryEnd())
        {
            return;
        }

        try
        {
            Record(flight.Arrival, flight.Planned, flight.Target.Name, flight.Instants.Close(), response);
        }
        finally
        {
            flight.Dispose();
            _flights.Remove(flight);
            flight.Landed.SetResult(response.Outcome);
        }
    }

    private void Record(Arrival arrival, long planned, string target, Instants instants, Response response)
    {
        var observation = Observations.Make(_request, arrival, IsOpen ? planned : instants.Sent ?? planned, target, instants, response);
        _request.Journal.Write(observation);
        _tally.Add(observation.Outcome, observation.Sent is not null);
        _recent.Add(observation);
        foreach (var score in Graders.Grade(arrival, response, observation.Ended))
        {
            _request.Journal.Write(score);
        }

        _request.Observer?.OnEnded(arrival, observation, response.Text);
    }
}
