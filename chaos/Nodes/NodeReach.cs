using ChaosBench.Chaos.Docker;
using ChaosBench.Chaos.Injectors;
using ChaosBench.Chaos.Leases;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Nodes;

/// <summary>What faults outside this process need.</summary>
/// <param name="Leases">Where they are written down first.</param>
/// <param name="Engine">Null where no fault acts on containers.</param>
public sealed record NodeReach(ILeases Leases, DockerEngine? Engine);

/// <summary>Chooses the injector of a <c>node.*</c> fault that acts outside this process.</summary>
internal static class NodeFaults
{
    /// <summary>Null when the fault acts on replicas of an in-process target, or is none on nodes.</summary>
    /// <exception cref="FaultRefusedException">What it selects cannot carry it.</exception>
    public static IInjector? Create(PlannedFault fault, IReadOnlyList<TargetControls> targets, IAnnouncer announcer, NodeReach? reach, TimeProvider time)
    {
        if (!fault.Fault.Kind.StartsWith("node.", StringComparison.Ordinal))
        {
            return null;
        }

        if (fault.Fault.Select.TryGetValue("container", out var container))
        {
            return OnContainer(fault, container, announcer, reach);
        }

        var processes = Processes(fault, targets);
        return processes.Count == 0 ? null : fault.Fault.Kind switch
        {
            "node.kill" => new ProcessKill(fault, processes, announcer),
            "node.freeze" => new ProcessFreeze(fault, processes, Needed(fault, reach).Leases, announcer),
            "node.slow" when OperatingSystem.IsLinux() => new NodeSlow(
                fault, [.. processes.Select(SlowVictim.Of)], Needed(fault, reach).Leases, announcer, time),
            "node.rolling_restart" => throw new FaultRefusedException(
                $"{fault.Fault.Id} ({fault.Fault.Kind}) acts on the replicas of an onnx target; for a process use node.kill or node.flap."),
            _ => throw new FaultRefusedException($"{fault.Fault.Id} ({fault.Fault.Kind}) does not act on processes; write select: {{ container: NAME }}."),
        };
    }

    /// <summary>Time to live of a fault's lease: its window, and the time to heal it.</summary>
    public static TimeSpan Ttl(PlannedFault fault) =>
        TimeSpan.FromTicks((fault.End - fault.Start) / 100) + Timeline.FaultTimeline.HealLimit;

    private static IInjector OnContainer(PlannedFault fault, string container, IAnnouncer announcer, NodeReach? reach)
    {
        var needed = Needed(fault, reach);
        var victim = new Container(container, needed.Engine ?? throw Unreachable(fault), needed.Leases);
        return fault.Fault.Kind switch
        {
            "node.kill" => new ContainerKill(fault, victim, announcer),
            "node.freeze" => new ContainerFreeze(fault, victim, announcer),
            "node.partition" => new ContainerPartition(fault, victim, announcer),
            _ => throw new FaultRefusedException($"{fault.Fault.Id} ({fault.Fault.Kind}) does not act on containers."),
        };
    }

    private static List<IProcessControl> Processes(PlannedFault fault, IReadOnlyList<TargetControls> targets)
    {
        if (!fault.Fault.Select.TryGetValue("pidFile", out var path))
        {
            return [.. targets.Select(target => target.Process).OfType<IProcessControl>()];
        }

        return OperatingSystem.IsLinux() ? [new PidFile(path)] : throw Unreachable(fault);
    }

    private static NodeReach Needed(PlannedFault fault, NodeReach? reach) => reach ?? throw Unreachable(fault);

    private static FaultRefusedException Unreachable(PlannedFault fault) => new(
        $"{fault.Fault.Id} ({fault.Fault.Kind}) acts outside this process, which needs leases and so Linux; run it there.");
}
