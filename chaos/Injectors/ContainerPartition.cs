using ChaosBench.Chaos.Docker;
using ChaosBench.Chaos.Leases;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Injectors;

/// <summary><c>node.partition</c>: a container loses its networks, all or one of them, and gets them back as they were asked for.</summary>
internal sealed class ContainerPartition(PlannedFault fault, Container container, IAnnouncer announcer)
    : ContainerFault(fault, container, announcer)
{
    public static FaultKind Kind { get; } = new(
        "node.partition", Vantage.Server, FaultScope.Host, "node", Fidelity.Simulated,
        "A node runs and nobody reaches it, until the window ends: a container loses its networks, or one of them (and reports say real); the pipes between the "
        + "server and a replica with isolation: process are held; a remote target's requests get no answer from the proxy before it.",
        "Callers fail over or fail fast; when it comes back it serves again without a restart.",
        [new FaultParameter("network", "text", "", "Name of the one network that it loses; left out: all of them.")],
        "{ at: 25s, for: 10s, fault: node.partition, select: { container: my-model } }");

    protected override IReadOnlyList<HealAction> HealsOf(ContainerFacts facts) =>
    [
        .. Lost(facts).Select(attachment => new HealAction.ConnectNetwork(
            Engine.Socket, facts.Id, attachment.NetworkID!, AliasesOf(attachment, facts.Id), attachment.IPAMConfig?.IPv4Address)),
    ];

    protected override async Task BreakAsync(ContainerFacts facts, CancellationToken cancellation)
    {
        foreach (var attachment in Lost(facts))
        {
            await Engine.DisconnectAsync(facts.Id, attachment.NetworkID!, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The host's own network cannot be taken from a container, and "none" is none.</summary>
    /// <exception cref="FaultRefusedException">There is nothing to take away.</exception>
    private List<Attachment> Lost(ContainerFacts facts)
    {
        var all = (facts.NetworkSettings?.Networks ?? new Dictionary<string, Attachment>())
            .Where(network => network.Key is not ("host" or "none") && network.Value.NetworkID is { Length: 64 }).ToList();
        var lost = Fault.Fault.With.TryGetValue("network", out var only) ? all.FindAll(network => network.Key == only) : all;
        return lost.Count > 0
            ? lost.ConvertAll(network => network.Value)
            : throw new FaultRefusedException(
                $"the container has no network {(only is null ? "that it could lose" : $"'{only}'")}; it has {(all.Count == 0 ? "none but the host's" : string.Join(", ", all.Select(network => network.Key)))}");
    }

    /// <summary>The engine adds the short id by itself.</summary>
    private static List<string> AliasesOf(Attachment attachment, string id) =>
        [.. (attachment.Aliases ?? []).Where(alias => !id.StartsWith(alias, StringComparison.Ordinal)).Take(32)];
}
