using ChaosBench.Engine.Loops;
using ChaosBench.Engine.Pacing;
using ChaosBench.Engine.Targets;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Engine;

/// <summary>One thread's share of the load: who is asked when, and the pacer that this thread waits with.</summary>
internal abstract class Lane : IDisposable
{
    public abstract IPacer Pacer { get; }

    /// <summary>Null where the thread only waits for its next send.</summary>
    public virtual EventLoop? Events => null;

    /// <summary>Sends what is planned, or starts the clients. Returns early when <paramref name="stop"/> fires.</summary>
    public abstract void Walk(CancellationToken stop);

    /// <summary>The last phase has ended: clients ask no more.</summary>
    public virtual void PhasesOver()
    {
    }

    public abstract void Dispose();

    /// <summary>
    /// Event loops where every target can be driven by them, one thread each; else one thread that hands everything to the pool.
    /// </summary>
    /// <param name="over">Fires when the last phase ends.</param>
    public static IReadOnlyList<Lane> Create(RunRequest request, RunStop stop, Flights flights, Recorder recorder, CancellationToken over)
    {
        if (!RunsOnLoops(request))
        {
            return [new TaskLane(request, new Dispatcher(request, stop, flights, recorder), flights, recorder, over)];
        }

        var count = request.Loops ?? DefaultLoops;
        return [.. Enumerable.Range(0, count).Select(number => new LoopLane(request, stop, flights, recorder, (number, count)))];
    }

    /// <summary>Simulated time, or sends that a test runs in place, have no event loop.</summary>
    public static bool RunsOnLoops(RunRequest request) =>
        request is { Pacer: null, Queue: null, Targets.Count: > 0 } && Posix.IsSupported && LinuxClock.IsClockOf(request.Clock.Time)
        && request.Targets.Values.All(target => target is ILoopTarget { RunsOnLoops: true });

    /// <summary>Half of the cores: the journal, the faults and the target, if it is here too, need the others.</summary>
    private static int DefaultLoops => Math.Clamp(Environment.ProcessorCount / 2, 1, 8);
}

/// <summary>The only thread of a run whose targets answer on tasks.</summary>
internal sealed class TaskLane(
    RunRequest request, Dispatcher dispatcher, Flights flights, Recorder recorder, CancellationToken over) : Lane
{
    private readonly Waits _waits = new(request.Clock, request is { Pacer: null, Queue: null } && Waits.CanBeExact(request.Clock));

    public override IPacer Pacer { get; } = request.Pacer ?? new MonotonicPacer(request.Clock, request.Pacing);

    public override void Walk(CancellationToken stop)
    {
        switch (request.Plan.Scenario.Workload)
        {
            case Workload.Open:
                var sender = new TaskEpisodes(request.Plan, request.Clock, _waits, dispatcher, flights, over);
                new OpenLoop(request.Plan.Arrivals, 0, 1) { Horizon = request.Horizon, Owns = request.Owns }.Walk(Pacer, sender, recorder, stop);
                break;
            case Workload.Closed closed:
                new ClosedLoop(request.Plan, closed, request.Clock, _waits, dispatcher, flights) { Shard = request.Shard }.Start(over);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Its tasks end by themselves.</summary>
    public override void Dispose() => _waits.Dispose();
}

/// <summary>One of the threads of a run whose targets are driven by event loops.</summary>
internal sealed class LoopLane : Lane
{
    private readonly RunRequest _request;
    private readonly Flights _flights;
    private readonly Recorder _recorder;
    private readonly (int Number, int Of) _share;
    private readonly LoopDispatcher _dispatcher;
    private LoopClients? _clients;
    private LoopEpisodes? _episodes;

    public LoopLane(RunRequest request, RunStop stop, Flights flights, Recorder recorder, (int Number, int Of) share)
    {
        (_request, _flights, _recorder, _share) = (request, flights, recorder, share);
        Loop = new EventLoop(request.Clock, request.Pacing);
        _dispatcher = new LoopDispatcher(request, Loop, share.Of, stop, flights, recorder);
    }

    public override EventLoop Events => Loop;

    public override IPacer Pacer => Loop;

    private EventLoop Loop { get; }

    public override void Walk(CancellationToken stop)
    {
        switch (_request.Plan.Scenario.Workload)
        {
            case Workload.Open:
                _episodes = new LoopEpisodes(_request.Plan, _dispatcher, _flights);
                new OpenLoop(_request.Plan.Arrivals, _share.Number, _share.Of) { Horizon = _request.Horizon, Owns = _request.Owns }.Walk(Loop, _episodes, _recorder, stop);
                break;
            case Workload.Closed closed:
                _clients = new LoopClients(_request.Plan, closed, _dispatcher, _flights);
                _clients.Start(_share.Number, _share.Of, _request.Shard);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    public override void PhasesOver()
    {
        _clients?.Stop();
        _episodes?.Stop();
    }

    public override void Dispose()
    {
        _dispatcher.Dispose();
        Loop.Dispose();
    }
}
