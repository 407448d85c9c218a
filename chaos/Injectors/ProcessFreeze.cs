using System.Runtime.Versioning;
using ChaosBench.Chaos.Leases;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary><c>node.freeze</c> on local processes: SIGSTOP, under a lease, and SIGCONT when the window ends.</summary>
internal sealed class ProcessFreeze(
    PlannedFault fault, IReadOnlyList<IProcessControl> processes, ILeases leases, IAnnouncer announcer) : IInjector
{
    private readonly List<IHeldLease> _held = [];

    public PlannedFault Fault { get; } = fault;

    [SupportedOSPlatform("linux")]
    public async Task ApplyAsync(CancellationToken cancellation)
    {
        foreach (var process in processes)
        {
            announcer.Unit(Fault, process.Name, UnitEvent.Eligible);
            announcer.Unit(Fault, process.Name, UnitEvent.Selected);
            var victim = process.Find();
            _held.Add(await leases.TakeAsync(
                Fault.Fault.Id, new HealAction.ResumeProcess(victim, process.LeadsGroup), NodeFaults.Ttl(Fault), cancellation).ConfigureAwait(false));
            ProcessSignal.Send(victim, Native.SigStop, process.LeadsGroup);
            announcer.Unit(Fault, process.Name, UnitEvent.Applied);
        }
    }

    public async Task ClearAsync(CancellationToken cancellation)
    {
        foreach (var lease in _held)
        {
            await lease.HealAsync(cancellation).ConfigureAwait(false);
        }
    }

    public async Task<bool> VerifyHealedAsync(CancellationToken cancellation) => await Serving.AllAsync(processes, cancellation).ConfigureAwait(false);
}

/// <summary>A signal that must arrive.</summary>
[SupportedOSPlatform("linux")]
internal static class ProcessSignal
{
    /// <exception cref="FaultRefusedException">The process has ended before.</exception>
    public static void Send(ProcessIdentity process, int signal, bool group)
    {
        using var handle = ProcessHandle.Open(process);
        if (handle is null || !handle.Signal(signal, group))
        {
            throw new FaultRefusedException($"{process} has ended before the fault began");
        }
    }
}

internal static class Serving
{
    public static async Task<bool> AllAsync(IReadOnlyList<IProcessControl> processes, CancellationToken cancellation)
    {
        foreach (var process in processes)
        {
            if (!await process.ServesAsync(cancellation).ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }
}
