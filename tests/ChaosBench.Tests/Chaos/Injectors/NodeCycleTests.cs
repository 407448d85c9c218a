using System.Runtime.Versioning;
using ChaosBench.Chaos;
using ChaosBench.Chaos.Leases;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Support;
using NSubstitute;

namespace ChaosBench.Tests.Chaos.Injectors;

/// <summary>Faults on nodes that come and go within their window.</summary>
public sealed class NodeCycleTests
{
    private readonly Announcements _said = new();
    private readonly FakeReplicas _replicas = new(2);
    private readonly FakeTime _time = new();

    [Fact]
    public async Task Flap_Kill_GoesAndComesBackUntilTheWindowEnds()
    {
        var injector = Create("node.flap", ("down", "1"), ("up", "2"), ("how", "kill"));

        await injector.ApplyAsync(default);

        Assert.False(_replicas.Ready[1]);
        for (var cycle = 0; cycle < 3; cycle++)
        {
            await Eventually.HoldsAsync(_time, TimeSpan.FromMilliseconds(100), () => _replicas.Ready[1]);
            await Eventually.HoldsAsync(_time, TimeSpan.FromMilliseconds(100), () => !_replicas.Ready[1]);
        }

        await injector.ClearAsync(default);
        Assert.True(_replicas.Ready[1]);
        Assert.True(await injector.VerifyHealedAsync(default));
        Assert.True(_said.KeysOf(injector.Fault, UnitEvent.Applied).Count >= 4);
        Assert.All(_said.Units, unit => Assert.Equal("node.flap-1", unit.Fault));
    }

    [Fact]
    public async Task Slow_Replica_IsHeldMostOfEachPeriodAndRunsAfterwards()
    {
        var injector = Create("node.slow", ("speed", "0.25"), ("period", "0.1"));

        await injector.ApplyAsync(default);

        for (var cycle = 0; cycle < 3; cycle++)
        {
            await Eventually.HoldsAsync(_time, TimeSpan.FromMilliseconds(5), () => !_replicas.Frozen[1]);
            await Eventually.HoldsAsync(_time, TimeSpan.FromMilliseconds(5), () => _replicas.Frozen[1]);
        }

        await injector.ClearAsync(default);
        Assert.False(_replicas.Frozen[1]);
        Assert.True(await injector.VerifyHealedAsync(default));
    }

    [LinuxFact]
    [SupportedOSPlatform("linux")]
    public async Task Slow_ProcessOfAPidFile_IsStoppedUnderALeaseThatHealsIt()
    {
        using var folder = new TempFolder();
        using var victim = new Victim(folder);
        var (leases, held) = (Substitute.For<ILeases>(), Substitute.For<IHeldLease>());
        leases.TakeAsync(default!, default!, default, default).ReturnsForAnyArgs(held);
        var injector = InjectorFactory.Create(
            Planned("node.slow", [("pidFile", victim.PidFile)], ("period", "0.05")), 1, [], _said, new NodeReach(leases, null), TimeProvider.System);

        await injector.ApplyAsync(default);

        await leases.Received(1).TakeAsync("node.slow-1", new HealAction.ResumeProcess(victim.Identity, false), Arg.Any<TimeSpan?>(), Arg.Any<CancellationToken>());
        await Eventually.HoldsAsync(() => victim.IsStopped);
        await Eventually.HoldsAsync(() => !victim.IsStopped);
        await Eventually.HoldsAsync(() => victim.IsStopped);
        await injector.ClearAsync(default);
        Assert.False(victim.IsStopped);
        await held.Received(1).HealAsync(Arg.Any<CancellationToken>());
        Assert.True(await injector.VerifyHealedAsync(default));
    }

    [Fact]
    public async Task Partition_Replica_IsCutAndMended()
    {
        var injector = Create("node.partition");

        await injector.ApplyAsync(default);

        Assert.Equal([false, true], _replicas.Cut);
        Assert.False(await injector.VerifyHealedAsync(default));
        await injector.ClearAsync(default);
        Assert.Equal([false, false], _replicas.Cut);
        Assert.True(await injector.VerifyHealedAsync(default));
    }

    [Fact]
    public async Task RollingRestart_WindowOverBeforeItIs_IsWaitedFor()
    {
        var injector = Create("node.rolling_restart");
        await injector.ApplyAsync(default);

        var clearing = injector.ClearAsync(default);

        Assert.False(clearing.IsCompleted);
        _replicas.Rolled.SetResult();
        await clearing.WaitAsync(Eventually.Patience);
        Assert.Equal(["replica-0", "replica-1"], _said.KeysOf(injector.Fault, UnitEvent.Applied));
    }

    [Theory]
    [InlineData("node.slow")]
    [InlineData("node.partition")]
    public void Create_ReplicasAreThreads_RefusesWithTheReason(string kind)
    {
        var threads = new FakeReplicas(2) { FreezeRefusal = "needs replicas in processes of their own" };

        Assert.Contains("processes of their own", Assert.Throws<FaultRefusedException>(() => InjectorFactory.Create(
            Planned(kind, []), 1, [new TargetControls("stable", threads, [])], _said)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_PartitionOfARemoteTarget_IsTheProxysBlackHole()
    {
        var remote = new TargetControls("staging", null, []) { Proxy = () => null };

        Assert.IsType<ChaosBench.Chaos.Proxy.ProxyInjector>(InjectorFactory.Create(Planned("node.partition", []), 1, [remote], _said));
    }

    private IInjector Create(string kind, params (string Name, string Value)[] with) => InjectorFactory.Create(
        Planned(kind, [("replica", "1")], with), 1, [new TargetControls("stable", _replicas, [])], _said, null, _time);

    private static PlannedFault Planned(string kind, (string Name, string Value)[] select, params (string Name, string Value)[] with) => new(
        0,
        new Fault
        {
            Id = kind + "-1", Kind = kind, At = TimeSpan.Zero, For = TimeSpan.FromSeconds(60),
            Select = select.ToDictionary(pair => pair.Name, pair => pair.Value), With = with.ToDictionary(pair => pair.Name, pair => pair.Value),
        },
        0, 60 * Nanos.PerSecond);
}
