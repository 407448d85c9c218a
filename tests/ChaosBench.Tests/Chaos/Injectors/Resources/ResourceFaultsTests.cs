using System.Runtime.Versioning;
using ChaosBench.Chaos;
using ChaosBench.Chaos.Leases;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Chaos.Stress;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Support;
using NSubstitute;

namespace ChaosBench.Tests.Chaos.Injectors.Resources;

[SupportedOSPlatform("linux")]
public sealed class ResourceFaultsTests
{
    private readonly Announcements _said = new();
    private readonly ILeases _leases = Substitute.For<ILeases>();
    private HealAction? _heal;

    public ResourceFaultsTests() => _leases.TakeAsync(default!, default!, default, default).ReturnsForAnyArgs(call =>
    {
        _heal = call.Arg<HealAction>();
        return new Held(_heal);
    });

    [LinuxFact]
    public async Task Memory_AppliedAndCleared_IsReallyHeldByAProcessThatEnds()
    {
        var injector = Create("resource.memory", ("size", "100000000"));

        await injector.ApplyAsync(default);

        var process = Assert.IsType<HealAction.EndProcess>(_heal).Process;
        Assert.InRange(ResidentBytes(process.Pid), 95_000_000, 1_000_000_000);
        Assert.Equal(["host"], _said.KeysOf(injector.Fault, UnitEvent.Applied));
        Assert.Equal("95 MiB held", injector.Detail);
        Assert.False(await injector.VerifyHealedAsync(default));
        await injector.ClearAsync(default);
        await Eventually.HoldsAsync(() => process.Status() is null);
        Assert.True(await injector.VerifyHealedAsync(default));
    }

    [SkippableFact]
    public async Task Cpu_Applied_ComputesForItsShareAndNoMore()
    {
        Skip.If(!OperatingSystem.IsLinux() || Environment.ProcessorCount < 2, "needs Linux and a second core");
        var injector = Create("resource.cpu", ("threads", "1"), ("load", "0.5"));

        await injector.ApplyAsync(default);

        var process = Assert.IsType<HealAction.EndProcess>(_heal).Process;
        await Eventually.HoldsAsync(() => CpuTicks(process.Pid) > 20);
        await injector.ClearAsync(default);
        await Eventually.HoldsAsync(() => process.Status() is null);
    }

    [LinuxFact]
    public async Task Stress_LeaseCannotBeWritten_NeverBegins()
    {
        var leases = Substitute.For<ILeases>();
        leases.TakeAsync(default!, default!, default, default).ReturnsForAnyArgs<IHeldLease>(_ => throw new LeaseException("the disk is full"));
        var injector = InjectorFactory.Create(Planned("resource.memory"), 1, [Here()], _said, new NodeReach(leases, null));

        await Assert.ThrowsAsync<LeaseException>(() => injector.ApplyAsync(default));

        Assert.Empty(_said.KeysOf(injector.Fault, UnitEvent.Applied));
    }

    [Theory]
    [InlineData("resource.memory", "size", "1000000000000000", "would leave less than")]
    [InlineData("resource.cpu", "threads", "5000", "stays with the generator")]
    public void Create_MoreThanTheMachineCanSpare_IsRefusedWithTheSums(string kind, string name, string value, string reason)
    {
        if (OperatingSystem.IsLinux() && (kind != "resource.cpu" || Environment.ProcessorCount > 1))
        {
            Assert.Contains(reason, Assert.Throws<FaultRefusedException>(() => Create(kind, (name, value))).Message, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public void Create_GpuWithoutACard_IsRefusedWithTheReason()
    {
        Skip.If(GpuStressor.RefusalOf() is null, "this machine has an NVIDIA GPU");

        Assert.Contains("needs", Assert.Throws<FaultRefusedException>(() => Create("resource.gpu_memory")).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Gpu_WithACard_HoldsAndFrees()
    {
        Skip.IfNot(GpuStressor.RefusalOf() is null, "needs an NVIDIA GPU: " + GpuStressor.RefusalOf());
        var injector = Create("resource.gpu_memory", ("size", "1073741824"));

        await injector.ApplyAsync(default);

        Assert.StartsWith("1024 MiB of cuda:0 held", injector.Detail, StringComparison.Ordinal);
        await injector.ClearAsync(default);
        await Eventually.HoldsAsync(() => injector.VerifyHealedAsync(default).GetAwaiter().GetResult());
    }

    [Fact]
    public void Create_RemoteTarget_IsRefused() => Assert.Contains(
        "no server that the run starts here",
        Assert.Throws<FaultRefusedException>(() => InjectorFactory.Create(
            Planned("resource.cpu"), 1, [new TargetControls("staging", null, [])], _said, new NodeReach(_leases, null))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task ThreadPool_Cleared_StopsBlockingAndLeavesNothing()
    {
        var injector = Create("resource.thread_pool", ("threads", "4"), ("hold", "0.01"));

        await injector.ApplyAsync(default);

        Assert.StartsWith("4 work items block for 10 ms each; one behind them waited", injector.Detail, StringComparison.Ordinal);
        Assert.False(await injector.VerifyHealedAsync(default));
        await injector.ClearAsync(default).WaitAsync(Eventually.Patience);
        Assert.True(await injector.VerifyHealedAsync(default));
    }

    private static long ResidentBytes(int pid) =>
        long.Parse(File.ReadAllText($"/proc/{pid}/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;

    /// <summary>User time, in clock ticks.</summary>
    private static long CpuTicks(int pid) =>
        long.Parse(File.ReadAllText($"/proc/{pid}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[11], System.Globalization.CultureInfo.InvariantCulture);

    private static TargetControls Here() => new("stable", new FakeReplicas(2), []);

    private IInjector Create(string kind, params (string Name, string Value)[] with) =>
        InjectorFactory.Create(Planned(kind, with), 1, [Here()], _said, new NodeReach(_leases, null), TimeProvider.System);

    private static PlannedFault Planned(string kind, params (string Name, string Value)[] with) => new(
        0,
        new Fault
        {
            Id = kind + "-1", Kind = kind, At = TimeSpan.Zero, For = TimeSpan.FromSeconds(60), With = with.ToDictionary(pair => pair.Name, pair => pair.Value),
        },
        0, 60 * Nanos.PerSecond);

    private sealed class Held(HealAction heal) : IHeldLease
    {
        public async Task HealAsync(CancellationToken cancellation) => await new Healer(TimeProvider.System).HealAsync(heal, cancellation);
    }
}
