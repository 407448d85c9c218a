using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary><c>node.rolling_restart</c>: every replica in its turn is drained, ended and started anew, as a deployment does it.</summary>
internal sealed class NodeRollingRestart(PlannedFault fault, IReadOnlyList<IReplicaControl> targets, IAnnouncer announcer) : IInjector
{
    private static readonly TimeSpan EachLimit = TimeSpan.FromMinutes(1);

    private Task _rolling = Task.CompletedTask;

    public static FaultKind Kind { get; } = new(
        "node.rolling_restart", Vantage.Server, FaultScope.Replica, "node", Fidelity.Real,
        "The replicas of an onnx target are drained, ended and loaded again, one after the other. It goes on to its end, also beyond the window.",
        "No request is lost: those on a replica end before it does, and the others wait or go elsewhere.",
        [], "{ at: 25s, for: 20s, fault: node.rolling_restart }");

    public PlannedFault Fault { get; } = fault;

    public TimeSpan HealLimit => Timeline.FaultTimeline.HealLimit + (EachLimit * targets.Sum(target => target.Count));

    public Task ApplyAsync(CancellationToken cancellation)
    {
        Each(UnitEvent.Eligible);
        Each(UnitEvent.Selected);
        // Not the timeline's token: a restart that is broken off in its middle leaves less than one that is finished.
        _rolling = Task.WhenAll(targets.Select(target => target.RestartRollingAsync(CancellationToken.None)));
        Each(UnitEvent.Applied);
        return Task.CompletedTask;
    }

    /// <exception cref="InvalidOperationException">A replica did not come back.</exception>
    public Task ClearAsync(CancellationToken cancellation) => _rolling.WaitAsync(cancellation);

    public Task<bool> VerifyHealedAsync(CancellationToken cancellation) =>
        Task.FromResult(targets.All(target => Enumerable.Range(0, target.Count).All(target.IsReady)));

    private void Each(UnitEvent step)
    {
        foreach (var replica in targets.SelectMany(target => Enumerable.Range(0, target.Count)))
        {
            announcer.Unit(Fault, ReplicaVictim.Key(replica), step);
        }
    }
}
