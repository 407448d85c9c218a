using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos;

/// <summary>
/// Puts one planned fault in place and takes it away again. Every call may be repeated: clearing what is not there succeeds, and a
/// fault with several windows is put in place and taken away for each of them.
/// Failures of applying or healing are exceptions; the timeline turns them into announcements and goes on healing the rest.
/// </summary>
public interface IInjector
{
    PlannedFault Fault { get; }

    /// <summary>Longest time for lifting and checking it.</summary>
    TimeSpan HealLimit => Timeline.FaultTimeline.HealLimit;

    /// <summary>What was done, for the journal, once it is in place; null where the fault's name says it all.</summary>
    string? Detail => null;

    /// <summary>Starts the fault. Units of a request-like scope are chosen later, one by one, by the keyed coin.</summary>
    Task ApplyAsync(CancellationToken cancellation);

    /// <summary>Lifts the fault. Called on every path: success, failure, abort, cancel.</summary>
    Task ClearAsync(CancellationToken cancellation);

    /// <summary>True when nothing of the fault is left.</summary>
    Task<bool> VerifyHealedAsync(CancellationToken cancellation);
}

/// <summary>Where injectors say what they do. Implementations are thread-safe and do not block.</summary>
public interface IAnnouncer
{
    /// <summary>The fault moved on its timeline.</summary>
    void Transition(PlannedFault fault, FaultStage stage, string? detail);

    /// <summary>The fault met one unit of its scope, named by <paramref name="key"/>.</summary>
    void Unit(PlannedFault fault, string key, UnitEvent kind);

    /// <summary>Something that people want to read in the story of the run.</summary>
    void Remark(string text) { }
}

/// <summary>Same members as the journal's FaultState; the harness maps one to the other.</summary>
public enum FaultStage
{
    Ordered,
    Active,
    Cleared,
    Healed,
    Failed,
}

/// <summary>Same members as the journal's InjectionKind; the harness maps one to the other.</summary>
public enum UnitEvent
{
    Eligible,
    Selected,
    Applied,
    Bypassed,
}

/// <summary>Power over the replicas of an in-process target, given by the harness.</summary>
public interface IReplicaControl
{
    int Count { get; }

    /// <summary>The replica stops at once; what it was serving fails over or fails.</summary>
    Task KillAsync(int replica, CancellationToken cancellation);

    /// <summary>Returns when the replica serves again. Restarting a running replica does nothing.</summary>
    Task RestartAsync(int replica, CancellationToken cancellation);

    bool IsReady(int replica);

    /// <summary>Null where replicas cannot be given another model.</summary>
    IModelControl? Models => null;

    /// <summary>Why replicas of this target cannot be frozen, continuing "node.freeze ..."; null where they can.</summary>
    string? FreezeRefusal => "needs replicas in processes of their own; use isolation: process";

    /// <summary>The replica's process is held still: it keeps everything and answers nothing.</summary>
    void Freeze(int replica) => throw new NotSupportedException(FreezeRefusal);

    /// <summary>The replica's process goes on. Harmless when it is not frozen, or gone.</summary>
    void Resume(int replica) => throw new NotSupportedException(FreezeRefusal);

    /// <summary>Every replica in its turn is drained, ended and started anew. Returns when all serve.</summary>
    /// <exception cref="InvalidOperationException">One did not come back; the rest is left as it is.</exception>
    Task RestartRollingAsync(CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>What the server and a replica say to each other stays on the way, or arrives. As <see cref="Freeze"/>, where it can be done.</summary>
    void Partition(int replica, bool cut) => throw new NotSupportedException(FreezeRefusal);

    /// <summary>Asks the process itself.</summary>
    bool IsFrozen(int replica) => false;
}
