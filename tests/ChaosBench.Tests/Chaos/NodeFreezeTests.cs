using ChaosBench.Chaos;
using ChaosBench.Chaos.Injectors;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Chaos;

public sealed class NodeFreezeTests
{
    private readonly Announcements _said = new();

    [Fact]
    public async Task ApplyAsync_ReplicaSelected_FreezesThatOneUntilCleared()
    {
        var fault = Planned();
        var replicas = new FakeReplicas(3);
        var injector = InjectorFactory.Create(fault, 1, [new TargetControls("stable", replicas, [])], _said);

        await injector.ApplyAsync(default);

        Assert.Equal([false, true, false], replicas.Frozen);
        Assert.Equal(3, _said.KeysOf(fault, UnitEvent.Eligible).Count);
        Assert.Equal(["replica-1"], _said.KeysOf(fault, UnitEvent.Applied));
        Assert.False(await injector.VerifyHealedAsync(default));
        await injector.ClearAsync(default);
        await injector.ClearAsync(default);
        Assert.Equal([false, false, false], replicas.Frozen);
        Assert.True(await injector.VerifyHealedAsync(default));
    }

    [Fact]
    public async Task VerifyHealed_GoesOnButIsOutOfRotation_IsNotHealedYet()
    {
        var replicas = new FakeReplicas(2);
        var injector = new NodeFreeze(Planned(), 1, [replicas], _said);
        replicas.Ready[1] = false;

        Assert.False(await injector.VerifyHealedAsync(default));
    }

    [Fact]
    public void Create_OneArmCannotFreeze_RefusesWithItsReason()
    {
        TargetControls[] arms =
        [
            new("stable", new FakeReplicas(2), []),
            new("candidate", new FakeReplicas(2) { FreezeRefusal = "needs isolation: process" }, []),
        ];

        var refusal = Assert.Throws<FaultRefusedException>(() => InjectorFactory.Create(Planned(), 1, arms, _said));

        Assert.Equal("node.freeze-1 (node.freeze) needs isolation: process.", refusal.Message);
    }

    private static PlannedFault Planned() => new(
        0,
        new Fault
        {
            Id = "node.freeze-1", Kind = "node.freeze", At = TimeSpan.Zero, For = TimeSpan.FromSeconds(1),
            Select = new Dictionary<string, string> { ["replica"] = "1" },
        },
        0, Nanos.PerSecond);
}
