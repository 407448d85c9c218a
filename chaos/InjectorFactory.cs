using ChaosBench.Chaos.Client;
using ChaosBench.Chaos.Hostile;
using ChaosBench.Chaos.Injectors;
using ChaosBench.Chaos.Injectors.Models;
using ChaosBench.Chaos.Injectors.Resources;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Chaos.Timeline;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos;

/// <summary>What the harness can break of one target.</summary>
/// <param name="Replicas">Null when the target has none in reach: a remote endpoint.</param>
/// <param name="Dependencies">The named dependencies with chaos strategies built in.</param>
public sealed record TargetControls(string Target, IReplicaControl? Replicas, IReadOnlyList<DependencyChaos> Dependencies)
{
    /// <summary>The proxy in front of it, once that runs; null: none can stand there, for <see cref="NoProxyReason"/>.</summary>
    public Func<FaultProxy?>? Proxy { get; init; }

    /// <summary>Why no proxy can stand in front of it, and what to do, continuing "stream.cut ...".</summary>
    public string? NoProxyReason { get; init; }

    /// <summary>Where its requests go, once it runs; null: hostile clients cannot call it, for <see cref="NoProxyReason"/>.</summary>
    public Func<EndpointAddress?>? Endpoint { get; init; }

    /// <summary>The client path to it; null without a client policy.</summary>
    public ClientChaos? Client { get; init; }

    /// <summary>The server process that the run itself started for this target; null when it started none.</summary>
    public IProcessControl? Process { get; init; }
}

/// <summary>The only place that maps a planned fault to its injector.</summary>
public static class InjectorFactory
{
    /// <summary>An injector for the fault, acting on every target that carries it: in an A/B run both arms break alike.</summary>
    /// <param name="reach">Null where nothing outside this process can be broken.</param>
    /// <exception cref="FaultRefusedException">No target can carry it; the message says why and what to do.</exception>
    public static IInjector Create(
        PlannedFault fault, ulong seed, IReadOnlyList<TargetControls> targets, IAnnouncer announcer, NodeReach? reach = null,
        TimeProvider? time = null)
    {
        if (fault.Windows.Any(window => window.With is not null))
        {
            return new SteppedInjector(
                fault, [.. fault.Windows.Select(window => Single(fault.In(window), seed, targets, announcer, reach, time ?? TimeProvider.System))]);
        }

        return Single(fault, seed, targets, announcer, reach, time ?? TimeProvider.System);
    }

    private static IInjector Single(
        PlannedFault fault, ulong seed, IReadOnlyList<TargetControls> targets, IAnnouncer announcer, NodeReach? reach, TimeProvider time)
    {
        var kind = fault.Fault.Kind;
        if (kind == NodeFlap.Kind.Name)
        {
            return new NodeFlap(fault, Single(NodeFlap.Repeated(fault), seed, targets, announcer, reach, time), time);
        }

        if (NodeFaults.Create(fault, targets, announcer, reach, time) is { } outside)
        {
            return outside;
        }

        if (InputFaults.Catalogue.Any(input => input.Name == kind))
        {
            return new InputCorruption(fault);
        }

        if (ProxyFaults.Handles(kind))
        {
            return new ProxyInjector(fault, Proxies(fault, targets));
        }

        if (ClientFaults.Handles(kind))
        {
            return ClientFaults.Create(fault, targets);
        }

        if (HostileFaults.Handles(kind))
        {
            return HostileFaults.Create(fault, targets, announcer, time);
        }

        if (ResourceFaults.Handles(kind))
        {
            return ResourceFaults.Create(fault, targets, announcer, reach, time);
        }

        if (ModelFaults.Handles(kind))
        {
            return ModelFaults.Create(fault, seed, Replicas(fault, targets), announcer);
        }

        return kind switch
        {
            "node.kill" => new NodeKill(fault, seed, Replicas(fault, targets), announcer),
            "node.freeze" => new NodeFreeze(fault, seed, Freezable(fault, targets), announcer),
            "node.slow" => new NodeSlow(
                fault, [.. Freezable(fault, targets).Select(target => SlowVictim.Of(target, ReplicaVictim.Of(fault.Fault, seed, target.Count)))], null, announcer,
                time),
            "node.rolling_restart" => new NodeRollingRestart(fault, Replicas(fault, targets), announcer),
            "node.partition" => targets.All(target => target.Replicas is not null)
                ? new NodePartition(fault, seed, Freezable(fault, targets), announcer)
                : new ProxyInjector(
                    fault with { Fault = fault.Fault with { Kind = "connection.blackhole", With = new Dictionary<string, string>() } }, Proxies(fault, targets)),
            "dependency.latency" => new DependencyLatency(fault, Dependencies(fault, targets)),
            "dependency.timeout" => new DependencyTimeout(fault, Dependencies(fault, targets)),
            "dependency.stale_answer" => new StaleAnswer(fault, Dependencies(fault, targets)),
            "dependency.poisoned_answer" or "model.poisoned_context" => new PoisonedAnswer(fault, Dependencies(fault, targets)),
            "dependency.error" => new DependencyError(fault, Dependencies(fault, targets)),
            _ => throw new FaultRefusedException($"{fault.Fault.Id}: there is no fault '{kind}'; see 'chaosbench faults list'."),
        };
    }

    /// <summary>All or none: in an A/B run both arms break alike.</summary>
    private static List<Func<FaultProxy?>> Proxies(PlannedFault fault, IReadOnlyList<TargetControls> targets) =>
        targets.FirstOrDefault(target => target.Proxy is null) is { } without
            ? throw Refused(fault, without.NoProxyReason ?? $"needs a proxy in front of target '{without.Target}', and there is none")
            : [.. targets.Select(target => target.Proxy!)];

    private static List<IReplicaControl> Replicas(PlannedFault fault, IReadOnlyList<TargetControls> targets)
    {
        var controls = targets.Select(target => target.Replicas).OfType<IReplicaControl>().ToList();
        if (controls.Count == 0)
        {
            throw Refused(fault, "needs replicas that this process runs; a remote endpoint has none in reach. Use a target of type onnx");
        }

        if (fault.Fault.Select.TryGetValue("replica", out var chosen))
        {
            var count = controls.Min(control => control.Count);
            if (!int.TryParse(chosen, out var number) || number < 0 || number >= count)
            {
                throw Refused(fault, $"selects replica {chosen}, but there are {count}; replicas count from 0, so write 0 to {count - 1}");
            }
        }

        return controls;
    }

    /// <summary>All or none: in an A/B run both arms break alike.</summary>
    private static List<IReplicaControl> Freezable(PlannedFault fault, IReadOnlyList<TargetControls> targets)
    {
        var controls = Replicas(fault, targets);
        return controls.Select(control => control.FreezeRefusal).FirstOrDefault(why => why is not null) is { } refusal
            ? throw Refused(fault, refusal)
            : controls;
    }

    private static List<DependencyChaos> Dependencies(PlannedFault fault, IReadOnlyList<TargetControls> targets)
    {
        var name = fault.Fault.Select.GetValueOrDefault("dependency", "context-store");
        var all = targets.SelectMany(target => target.Dependencies).ToList();
        var chosen = all.Where(dependency => dependency.Name == name).ToList();
        if (chosen.Count > 0)
        {
            return chosen;
        }

        var known = string.Join(", ", all.Select(dependency => dependency.Name).Distinct());
        throw Refused(fault, all.Count == 0
            ? "needs a dependency of the in-process server; a remote endpoint's are out of reach. Use a target of type onnx with a contextStore"
            : $"selects dependency '{name}'; the target has {known}");
    }

    private static FaultRefusedException Refused(PlannedFault fault, string why) =>
        new($"{fault.Fault.Id} ({fault.Fault.Kind}) {why}.");
}

/// <summary>A planned fault that cannot be injected here. Nothing was broken.</summary>
public sealed class FaultRefusedException(string message) : Exception(message);
