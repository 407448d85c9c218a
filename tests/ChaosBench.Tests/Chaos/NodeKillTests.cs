using ChaosBench.Chaos;
using ChaosBench.Chaos.Injectors;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Chaos;

public sealed class NodeKillTests
{
    private readonly Announcements _said = new();

    [Fact]
    public async Task ApplyAsync_ReplicaSelected_KillsThatOneAndCountsTheRest()
    {
        var fault = Planned(("replica", "1"));
        var replicas = new FakeReplicas(3);
        var injector = new NodeKill(fault, 1, [replicas], _said);

        await injector.ApplyAsync(default);

        Assert.Equal([true, false, true], replicas.Ready);
        Assert.Equal(3, _said.KeysOf(fault, UnitEvent.Eligible).Count);
        Assert.Equal(["replica-1"], _said.KeysOf(fault, UnitEvent.Applied));
        Assert.False(await injector.VerifyHealedAsync(default));
    }

    [Fact]
    public async Task ClearAsync_AfterApply_BringsTheReplicaBack()
    {
        var replicas = new FakeReplicas(2);
        var injector = new NodeKill(Planned(), 1, [replicas], _said);
        await injector.ApplyAsync(default);

        await injector.ClearAsync(default);

        Assert.Equal([true, true], replicas.Ready);
        Assert.True(await injector.VerifyHealedAsync(default));
    }

    [Fact]
    public async Task ApplyAsync_NothingSelected_SeedDecidesTheSameOneEachTime()
    {
        var victims = new HashSet<int>();
        for (var seed = 0UL; seed < 40; seed++)
        {
            var first = new FakeReplicas(4);
            var second = new FakeReplicas(4);
            await new NodeKill(Planned(), seed, [first], _said).ApplyAsync(default);
            await new NodeKill(Planned(), seed, [second], _said).ApplyAsync(default);
            Assert.Equal(first.Ready, second.Ready);
            victims.Add(Array.IndexOf(first.Ready, false));
        }

        Assert.Equal([0, 1, 2, 3], victims.Order());
    }

    private static PlannedFault Planned(params (string Name, string Value)[] select) => new(
        0,
        new Fault
        {
            Id = "node.kill-1",
            Kind = "node.kill",
            At = TimeSpan.Zero,
            For = TimeSpan.FromSeconds(1),
            Select = select.ToDictionary(pair => pair.Name, pair => pair.Value),
        },
        0, Nanos.PerSecond);
}
