using ChaosBench.Chaos;
using ChaosBench.Chaos.Docker;
using ChaosBench.Chaos.Injectors;
using ChaosBench.Chaos.Leases;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Support;
using NSubstitute;

namespace ChaosBench.Tests.Chaos;

public sealed class InjectorFactoryTests
{
    private static readonly TargetControls Remote = new("staging", null, []);
    private readonly Announcements _said = new();

    [Fact]
    public void Create_EveryFaultOfTheCatalogue_HasAnInjector()
    {
        using var engine = new DockerEngine("/nowhere");
        var reach = new NodeReach(Substitute.For<ILeases>(), engine);
        // Whether this machine has a card, or a second core, is another question.
        foreach (var kind in FaultCatalogue.All.Where(kind => kind.Name is not ("resource.gpu_memory" or "resource.cpu")))
        {
            var fault = kind.Name == "node.partition" ? Planned(kind.Name, ("container", "model"))
                : kind.Name == "model.stale_version" ? With(Planned(kind.Name), ("model", Repository.Path("scenarios", "models", "triage-v2")))
                : Planned(kind.Name);
            Assert.Same(fault, InjectorFactory.Create(fault, 1, [Local()], _said, reach).Fault);
        }
    }

    [Theory]
    [InlineData("node.kill", typeof(ContainerKill))]
    [InlineData("node.freeze", typeof(ContainerFreeze))]
    [InlineData("node.partition", typeof(ContainerPartition))]
    public void Create_ContainerSelected_ActsOnItWhateverTheTargetIs(string kind, Type injector)
    {
        using var engine = new DockerEngine("/nowhere");

        Assert.IsType(injector, InjectorFactory.Create(
            Planned(kind, ("container", "model")), 1, [Remote], _said, new NodeReach(Substitute.For<ILeases>(), engine)));
    }

    [Fact]
    public void Create_ContainerWithoutReach_IsRefusedWithTheReason() => Assert.Contains("needs leases", Assert.Throws<FaultRefusedException>(
        () => InjectorFactory.Create(Planned("node.kill", ("container", "model")), 1, [Remote], _said)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("node.kill", "has none in reach")]
    [InlineData("dependency.latency", "out of reach")]
    [InlineData("stream.cut", "needs a proxy in front of target 'staging'")]
    [InlineData("node.explode", "there is no fault 'node.explode'")]
    public void Create_RemoteTargetOnly_RefusesWithTheReason(string kind, string reason)
    {
        var refusal = Assert.Throws<FaultRefusedException>(() => InjectorFactory.Create(Planned(kind), 1, [Remote], _said));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("-1")]
    [InlineData("all")]
    public void Create_ReplicaOutOfRange_SaysWhichThereAre(string replica)
    {
        var refusal = Assert.Throws<FaultRefusedException>(
            () => InjectorFactory.Create(Planned("node.kill", ("replica", replica)), 1, [Local()], _said));
        Assert.Contains("write 0 to 1", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_UnknownDependency_NamesTheKnownOnes()
    {
        var refusal = Assert.Throws<FaultRefusedException>(
            () => InjectorFactory.Create(Planned("dependency.latency", ("dependency", "cache")), 1, [Local()], _said));
        Assert.Contains("the target has context-store", refusal.Message, StringComparison.Ordinal);
    }

    private TargetControls Local() => new("stable", new FakeReplicas(2), [new DependencyChaos("context-store", 1, _said)]) { Proxy = () => null, Endpoint = () => null, Client = new ChaosBench.Chaos.Client.ClientChaos(1, _said) };

    private static PlannedFault With(PlannedFault planned, params (string Name, string Value)[] with) =>
        planned with { Fault = planned.Fault with { With = with.ToDictionary(pair => pair.Name, pair => pair.Value) } };

    private static PlannedFault Planned(string kind, params (string Name, string Value)[] select) => new(
        0,
        new Fault
        {
            Id = kind + "-1",
            Kind = kind,
            At = TimeSpan.Zero,
            For = TimeSpan.FromSeconds(1),
            Select = select.ToDictionary(pair => pair.Name, pair => pair.Value),
        },
        0, Nanos.PerSecond);
}
