using ChaosBench.Chaos.Client;
using ChaosBench.Chaos.Hostile;
using ChaosBench.Chaos.Injectors;
using ChaosBench.Chaos.Injectors.Models;
using ChaosBench.Chaos.Injectors.Resources;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos;

/// <summary>Every fault there is. With <see cref="InjectorFactory"/> the only place that knows them all.</summary>
public static class FaultCatalogue
{
    public static IReadOnlyList<FaultKind> All { get; } =
        [.. InputFaults.Catalogue, .. ProxyFaults.Catalogue, DependencyLatency.Kind, DependencyError.Kind, DependencyTimeout.Kind, StaleAnswer.Kind,
            PoisonedAnswer.AnswerKind, PoisonedAnswer.StoreKind, NodeKill.Kind, NodeFreeze.Kind,
            NodeSlow.Kind, NodeFlap.Kind, NodeRollingRestart.Kind, ContainerPartition.Kind, .. ModelFaults.Catalogue, .. ResourceFaults.Catalogue,
            .. HostileFaults.Catalogue, .. ClientFaults.Catalogue];

    /// <summary>Null when there is none of that name.</summary>
    public static FaultKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);
}
