using System.Runtime.Versioning;
using ChaosBench.Chaos.Leases;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary>
/// <c>node.slow</c>: a process runs only a share of the time: stopped and let go many times a second, it answers, late. Processes that are not
/// ours are stopped under a lease.
/// </summary>
internal sealed class NodeSlow(PlannedFault fault, IReadOnlyList<SlowVictim> victims, ILeases? leases, IAnnouncer announcer, TimeProvider time) : IInjector
{
    private static readonly FaultParameter Speed = new("speed", "share", "25%", "Share of the time that it runs.") { Least = "1%", Most = "90%" };

    private static readonly FaultParameter Period = new("period", "duration", "100ms", "Of one stop and go; keep it below what the router calls silence.")
    { Least = "10ms", Most = "10s" };

    private readonly List<IHeldLease> _held = [];
    private Timeline.StopSignal _stop = new(time);
    private Task _cycle = Task.CompletedTask;

    public static FaultKind Kind { get; } = new(
        "node.slow", Vantage.Server, FaultScope.Replica, "node", Fidelity.Real,
        "A replica's worker process runs only a share of the time (SIGSTOP and SIGCONT in turn), as on an overcommitted or throttled machine. Needs isolation: process; "
        + "or a local process by select: { pidFile }, or a target's own command.",
        "Less is sent to the slow replica, or it is taken out as an outlier; the 99th percentile of the whole stays near the others'.",
        [Speed, Period], "{ at: 25s, for: 10s, fault: node.slow, select: { replica: 1 }, with: { speed: 25% } }");

    public PlannedFault Fault { get; } = fault;

    public string? Detail => FormattableString.Invariant($"runs {Speed.ShareOf(Fault.Fault) * 100:0.#} % of the time");

    public async Task ApplyAsync(CancellationToken cancellation)
    {
        foreach (var victim in victims)
        {
            announcer.Unit(Fault, victim.Key, UnitEvent.Eligible);
            announcer.Unit(Fault, victim.Key, UnitEvent.Selected);
            if (victim.Heal?.Invoke() is { } heal)
            {
                _held.Add(await leases!.TakeAsync(Fault.Fault.Id, heal, NodeFaults.Ttl(Fault), cancellation).ConfigureAwait(false));
            }

            victim.Hold();
            announcer.Unit(Fault, victim.Key, UnitEvent.Applied);
        }

        _stop = new Timeline.StopSignal(time);
        _cycle = CycleAsync(_stop);
    }

    public async Task ClearAsync(CancellationToken cancellation)
    {
        _stop.Set();
        await _cycle.WaitAsync(cancellation).ConfigureAwait(false);
        foreach (var victim in victims)
        {
            victim.Release();
        }

        foreach (var lease in _held)
        {
            await lease.HealAsync(cancellation).ConfigureAwait(false);
        }
    }

    public async Task<bool> VerifyHealedAsync(CancellationToken cancellation)
    {
        foreach (var victim in victims)
        {
            if (!await victim.Serves(cancellation).ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }

    private async Task CycleAsync(Timeline.StopSignal stop)
    {
        var period = Period.DurationOf(Fault.Fault);
        var runs = period * Speed.ShareOf(Fault.Fault);
        while (!await stop.ComesWithinAsync(period - runs).ConfigureAwait(false))
        {
            Each(victim => victim.Release());
            if (!await stop.ComesWithinAsync(runs).ConfigureAwait(false))
            {
                Each(victim => victim.Hold());
            }
        }
    }

    /// <summary>A victim that has ended meanwhile is past slowing; the others are not.</summary>
    private void Each(Action<SlowVictim> act)
    {
        foreach (var victim in victims)
        {
            try
            {
                act(victim);
            }
            catch (Exception gone) when (gone is InvalidOperationException or FaultRefusedException)
            {
                // Who looks after it brings it back, and it is slowed again.
            }
        }
    }
}

/// <summary>Something that can be held still and let go.</summary>
/// <param name="Heal">What to write down first; null for what ends with this process.</param>
internal sealed record SlowVictim(string Key, Action Hold, Action Release, Func<CancellationToken, Task<bool>> Serves, Func<HealAction>? Heal)
{
    public static SlowVictim Of(IReplicaControl target, int replica) => new(
        ReplicaVictim.Key(replica), () => target.Freeze(replica), () => target.Resume(replica),
        _ => Task.FromResult(!target.IsFrozen(replica) && target.IsReady(replica)), null);

    [SupportedOSPlatform("linux")]
    public static SlowVictim Of(IProcessControl process)
    {
        ProcessIdentity? known = null;
        ProcessIdentity Identity() => known ??= process.Find();
        return new SlowVictim(
            process.Name,
            () => ProcessSignal.Send(Identity(), Native.SigStop, process.LeadsGroup),
            () => ProcessSignal.Send(Identity(), Native.SigContinue, process.LeadsGroup),
            process.ServesAsync,
            () => new HealAction.ResumeProcess(known = process.Find(), process.LeadsGroup));
    }
}
