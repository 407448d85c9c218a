using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine;

/// <summary>
/// Takes one arrival to its one observation, by way of the thread pool:
/// <code>
/// arrival -> flight -> target -> response -> recorder
/// </code>
/// </summary>
internal sealed class Dispatcher
{
    private readonly RunRequest _request;
    private readonly RunStop _stop;
    private readonly Flights _flights;
    private readonly Recorder _recorder;
    private readonly FlightPlan _flightPlan;
    private readonly Action<IThreadPoolWorkItem> _queue;

    public Dispatcher(RunRequest request, RunStop stop, Flights flights, Recorder recorder)
    {
        _request = request;
        _stop = stop;
        _flights = flights;
        _recorder = recorder;
        _flightPlan = new FlightPlan(request.Clock, request.Observer, flight => _ = RunAsync(flight));
        _queue = request.Queue ?? (static item => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false));
    }

    /// <summary>Sends it and returns; never waits for the answer.</summary>
    public TaskFlight Dispatch(Arrival arrival, long planned)
    {
        var flight = new TaskFlight(
            arrival, planned, _request.Targets[arrival.Role], _request.TimeoutOf(arrival.Role), _flightPlan);
        _flights.Add(flight);
        _queue(flight);
        return flight;
    }

    private async Task RunAsync(TaskFlight flight)
    {
        var response = _stop.Token.IsCancellationRequested
            ? new Response { Outcome = Outcome.NotSent, Reason = _recorder.StopReason }
            : await AskAsync(flight).ConfigureAwait(false);
        try
        {
            End(flight, response);
        }
#pragma warning disable CA1031 // Nobody awaits this task: what an observer or the journal throws must still end the run.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _stop.Broke("recording an answer", bug);
        }
    }

    private async Task<Response> AskAsync(TaskFlight flight)
    {
        try
        {
            var response = await flight.Carrier.SendAsync(flight.Arrival, flight.Instants, flight.Token).ConfigureAwait(false);
            return _recorder.Interpret(flight, response);
        }
        catch (OperationCanceledException) when (flight.Token.IsCancellationRequested)
        {
            return _recorder.Interpret(flight, new Response { Outcome = Outcome.Cancelled });
        }
#pragma warning disable CA1031 // The one place where a failure to send becomes an outcome: every arrival must have one.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            // A target that throws is our bug, not the target's failure: the run is worthless and says so.
            _stop.Request(RunEnding.Broken, $"target '{flight.Target}' threw {bug.GetType().Name}: {OneLine.Of(bug.Message)}");
            return new Response { Outcome = Outcome.Cancelled, Reason = $"internal error: {bug.GetType().Name}" };
        }
    }

    /// <summary>Also for a flight whose target does not come back even though it was cancelled.</summary>
    public void End(TaskFlight flight, Response response)
    {
        if (!flight.TryEnd())
        {
            return;
        }

        try
        {
            _recorder.Record(flight, response);
        }
        finally
        {
            flight.Dispose();
            _flights.Remove(flight);
            flight.Landed.SetResult((response.Outcome, response.Text));
        }
    }
}
