using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine.Loops;

/// <summary>As <see cref="Dispatcher"/>, but everything from the send to the observation happens on one loop's thread.</summary>
internal sealed class LoopDispatcher : ILauncher, IDisposable
{
    private readonly RunStop _stop;
    private readonly Flights _flights;
    private readonly Recorder _recorder;
    /// <summary>By role.</summary>
    private readonly RoleLane[] _lanes = new RoleLane[Enum.GetValues<TargetRole>().Length];
    private readonly Stack<LoopFlight> _resting = new();
    private LoopFlight? _ready;

    /// <param name="share">Loops that share the load.</param>
    public LoopDispatcher(RunRequest request, EventLoop loop, int share, RunStop stop, Flights flights, Recorder recorder)
    {
        (Loop, Observer, _stop, _flights, _recorder) = (loop, request.Observer, stop, flights, recorder);
        foreach (var (role, target) in request.Targets)
        {
            var carrier = (ILoopTarget)target;
            var timeout = request.TimeoutOf(role);
            _lanes[(int)role] = new RoleLane(carrier, carrier.Open(loop, share), timeout, loop.Deadlines(timeout));
        }
    }

    public EventLoop Loop { get; }

    public IRunObserver? Observer { get; }

    public void Ready(Arrival arrival, long planned) => Ready(arrival, planned, null);

    public void Ready(Arrival arrival, long planned, ILanding? landing) => _ready = Prepared(arrival, planned, landing);

    /// <summary>At once, beside whatever is ready for its own instant.</summary>
    public void Send(Arrival arrival, long planned, ILanding? landing)
    {
        var flight = Prepared(arrival, planned, landing);
        _flights.Add(flight);
        flight.Launch();
    }

    public void Launch()
    {
        var flight = _ready!;
        _ready = null;
        _flights.Add(flight);
        flight.Launch();
    }

    public void Drop()
    {
        _ready?.Drop();
        _ready = null;
    }

    private LoopFlight Prepared(Arrival arrival, long planned, ILanding? landing)
    {
        if (!_resting.TryPop(out var flight))
        {
            flight = new LoopFlight(this);
            _flights.Reuse(flight);
        }

        flight.Prepare(arrival, planned, _lanes[(int)arrival.Role], landing);
        return flight;
    }

    public void Rest(LoopFlight flight) => _resting.Push(flight);

    public void End(LoopFlight flight, in Response response)
    {
        if (!flight.TryEnd())
        {
            return;
        }

        try
        {
            if (response.Outcome == Outcome.Cancelled)
            {
                _recorder.Record(flight, _recorder.Interpret(flight, response));
            }
            else
            {
                _recorder.Record(flight, in response);
            }
        }
#pragma warning disable CA1031 // What an observer or the journal throws must not end the loop, which others are on: it ends the run.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            _stop.Broke("recording an answer", bug);
        }
        finally
        {
            _flights.Remove(flight);
            Rest(flight);
        }
    }

    public void Dispose()
    {
        foreach (var lane in _lanes.OfType<RoleLane>())
        {
            lane.Session.Dispose();
        }
    }
}
