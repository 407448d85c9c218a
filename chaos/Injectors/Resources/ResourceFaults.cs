using ChaosBench.Chaos.Nodes;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors.Resources;

/// <summary>The faults on this machine's resources: the one place that knows them all.</summary>
public static class ResourceFaults
{
    public static IReadOnlyList<FaultKind> Catalogue { get; } = [CpuPressure.Kind, MemoryPressure.Kind, ThreadPoolStarvation.Kind, GpuBallast.Kind];

    public static bool Handles(string kind) => Catalogue.Any(known => known.Name == kind);

    /// <summary>The fault is a process of ours that must not be left behind.</summary>
    public static bool NeedsLease(string kind) => Handles(kind) && kind != ThreadPoolStarvation.Kind.Name;

    /// <exception cref="FaultRefusedException">This machine or the targets cannot carry it; the message says why and what to do.</exception>
    internal static IInjector Create(
        PlannedFault fault, IReadOnlyList<TargetControls> targets, IAnnouncer announcer, NodeReach? reach, TimeProvider time)
    {
        if (fault.Fault.Share.Value < 1)
        {
            throw Refused(fault, "acts on the whole machine and has no coin; leave share out");
        }

        if (targets.FirstOrDefault(target => target is { Replicas: null, Process: null }) is { } elsewhere)
        {
            throw Refused(fault, $"presses on this machine, and target '{elsewhere.Target}' is no server that the run starts here; use a target of type onnx, or one with a command");
        }

        if (fault.Fault.Kind == ThreadPoolStarvation.Kind.Name)
        {
            return targets.All(target => target.Replicas is not null) ? new ThreadPoolStarvation(fault, announcer, time)
                : throw Refused(fault, "blocks threads of this process, and the target's server runs in another; use a target of type onnx");
        }

        var ours = reach ?? throw Refused(fault, "starts a process that must be ended whatever happens, which needs leases and so Linux; run it there");
        StressFault stress = fault.Fault.Kind switch
        {
            "resource.cpu" => new CpuPressure(fault, ours, announcer),
            "resource.memory" => new MemoryPressure(fault, ours, announcer),
            "resource.gpu_memory" => new GpuBallast(fault, ours, announcer),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return stress.Refusal is { } why ? throw Refused(fault, why) : stress;
    }

    private static FaultRefusedException Refused(PlannedFault fault, string why) => new($"{fault.Fault.Id} ({fault.Fault.Kind}) {why}.");
}
