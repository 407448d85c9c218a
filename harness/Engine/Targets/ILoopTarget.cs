using ChaosBench.Engine.Loops;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine.Targets;

/// <summary>A target whose requests can be made by the engine's own threads, each of which is an event loop.</summary>
internal interface ILoopTarget : ITarget
{
    /// <summary>False where this target's settings or this machine ask for another way: then <see cref="ITarget.SendAsync"/> serves.</summary>
    bool RunsOnLoops { get; }

    /// <summary>This target as one loop sees it, with connections of its own.</summary>
    /// <param name="share">Loops that share the target's limits.</param>
    ILoopSession Open(EventLoop loop, int share);
}

/// <summary>Used, and disposed, on its loop's thread.</summary>
internal interface ILoopSession : IDisposable
{
    /// <summary>Makes the request's bytes, so that <see cref="ILoopCall.Start"/> has little left to do when its time comes.</summary>
    ILoopCall Prepare(Arrival arrival, ILoopSink sink);
}

/// <summary>One request. Belongs to its session again once its sink was told of its end.</summary>
internal interface ILoopCall
{
    void Start();

    /// <summary>Ends it at once, as cancelled; before its start or under way.</summary>
    void Cancel();
}

internal interface ILoopSink : IResponseSink
{
    /// <param name="result">Valid during the call.</param>
    void Ended(ICallResult result);
}

/// <summary>How a call ended. Text is only made for those who ask.</summary>
internal interface ICallResult
{
    Outcome Outcome { get; }

    Response ToResponse(bool withText);
}
