using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Files.Keys;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Planning;

/// <summary>Victims of faults on nodes that are no replicas of ours: a local process, a target's own command, a container.</summary>
public static class NodeVictims
{
    private static readonly string[] Outside = ["pidFile", "container"];

    /// <summary>The fault acts on a process or container instead of on a replica of an in-process target.</summary>
    public static bool ActsOutside(Scenario scenario, Fault fault) =>
        fault.Kind.StartsWith("node.", StringComparison.Ordinal) && !IsProxied(scenario, fault) && (Outside.Any(fault.Select.ContainsKey) || StartedBy(scenario).Count > 0);

    /// <summary>The fault is a partition of remote targets, which the proxy before them plays.</summary>
    public static bool IsProxied(Scenario scenario, Fault fault) =>
        fault.Kind == "node.partition" && !Outside.Any(fault.Select.ContainsKey)
        && new[] { scenario.Candidate, scenario.Baseline }.OfType<Target>().All(target => target is Target.OpenAi);

    /// <summary>Targets whose server the run starts itself.</summary>
    public static IReadOnlyList<Target.OpenAi> StartedBy(Scenario scenario) =>
        [.. new[] { scenario.Candidate, scenario.Baseline }.OfType<Target.OpenAi>().Where(target => target.Command.Count > 0)];

    internal static bool ActsOutside(Scenario scenario, FaultLine line) => ActsOutside(scenario, line.Fault);

    /// <summary>What is wrong with whom a fault selects; null when nothing is.</summary>
    internal static Flaw? FlawOf(Scenario scenario, FaultLine line)
    {
        var chosen = Outside.Where(line.Fault.Select.ContainsKey).ToList();
        if (chosen.Count > 0 && line.Kind.Class != "node")
        {
            return new Flaw($"{line.Kind.Name} does not act on what {chosen[0]} names", "remove it, or use a fault on nodes: node.kill, node.freeze");
        }

        if (chosen.Count + (line.Fault.Select.ContainsKey("replica") ? 1 : 0) > 1)
        {
            return new Flaw("a fault on nodes has one victim, and more are selected", "write one of replica, pidFile and container");
        }

        return line.Kind.Name is "node.partition" && line.Fault.Select.ContainsKey("pidFile")
            ? new Flaw("node.partition does not act on what pidFile names", "write select: { container: NAME }, or use node.freeze")
            : line.Fault.Select.ContainsKey("replica") && StartedBy(scenario).Count > 0
            ? new Flaw("a server that the run starts has no replicas that it knows of", "leave replica out: the process itself is the victim")
            : null;
    }

    /// <summary>The rule for the plan; null when the fault acts inside an in-process target.</summary>
    internal static string? WordsFor(Scenario scenario, Fault fault) => !ActsOutside(scenario, fault) ? null
        : fault.Select.TryGetValue("pidFile", out var file) ? $"the process that {file} names when it acts"
        : fault.Select.TryGetValue("container", out var container) ? $"container {container}"
        : $"the process that the run starts for {string.Join(" and ", StartedBy(scenario).Select(target => target.Name))}";
}
