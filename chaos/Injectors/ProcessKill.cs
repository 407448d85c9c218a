using System.Runtime.Versioning;
using ChaosBench.Chaos.Leases;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary>
/// <c>node.kill</c> on local processes: SIGKILL. What the run started it starts again when the window ends; what a pid file names its
/// supervisor must bring back, and until the file names a process that lives the fault is not healed.
/// </summary>
internal sealed class ProcessKill(PlannedFault fault, IReadOnlyList<IProcessControl> processes, IAnnouncer announcer) : IInjector
{
    public PlannedFault Fault { get; } = fault;

    public TimeSpan HealLimit => Timeline.FaultTimeline.HealLimit + processes.Max(process => process.RestoreLimit);

    [SupportedOSPlatform("linux")]
    public Task ApplyAsync(CancellationToken cancellation)
    {
        foreach (var process in processes)
        {
            announcer.Unit(Fault, process.Name, UnitEvent.Eligible);
            announcer.Unit(Fault, process.Name, UnitEvent.Selected);
            ProcessSignal.Send(process.Find(), Native.SigKill, process.LeadsGroup);
            announcer.Unit(Fault, process.Name, UnitEvent.Applied);
        }

        return Task.CompletedTask;
    }

    public async Task ClearAsync(CancellationToken cancellation)
    {
        foreach (var process in processes)
        {
            await process.RestoreAsync(cancellation).ConfigureAwait(false);
        }
    }

    public Task<bool> VerifyHealedAsync(CancellationToken cancellation) => Serving.AllAsync(processes, cancellation);
}
