using System.Runtime.Versioning;
using ChaosBench.Chaos.Leases;
using ChaosBench.Tests.Support;
using NSubstitute;

namespace ChaosBench.Tests.Chaos.Leases;

/// <summary>Nothing is broken before a lease says how to mend it and somebody stands by to do so.</summary>
[SupportedOSPlatform("linux")]
public sealed class LeaseKeeperTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly IWatchdog _watchdog = Substitute.For<IWatchdog>();

    public void Dispose() => _temp.Dispose();

    [LinuxFact]
    public async Task TakeAsync_ThenHeal_WritesAndRemovesTheLease()
    {
        using var victim = new Victim(_temp);
        await using var keeper = await OpenAsync();

        var lease = await keeper.TakeAsync("node.freeze-1", new HealAction.ResumeProcess(victim.Identity, Group: false), TimeSpan.FromSeconds(40), default);
        await victim.StopAsync();

        Assert.Equal(("node.freeze-1", 40.0), Assert.Single(keeper.Remaining()) is var left ? (left.Fault, left.TtlSeconds!.Value) : default);
        await lease.HealAsync(default);
        await lease.HealAsync(default);
        Assert.False(victim.IsStopped);
        Assert.Empty(keeper.Remaining());
    }

    [LinuxFact]
    public async Task TakeAsync_WatchdogLostAndNotToBeHad_WritesNothing()
    {
        await using var keeper = await OpenAsync();
        _watchdog.EnsureAsync(default).ReturnsForAnyArgs(_ => throw new LeaseException("the watchdog cannot be started"));

        await Assert.ThrowsAsync<LeaseException>(
            () => keeper.TakeAsync("node.freeze-1", new HealAction.EndProcess(ProcessIdentity.OfThis()), null, default));

        Assert.Empty(keeper.Remaining());
    }

    [LinuxFact]
    public async Task TakeAsync_FolderWentAway_SaysThatNothingIsInjected()
    {
        await using var keeper = await OpenAsync();
        Directory.Delete(SomeLease.PlaceIn(_temp));

        var refusal = await Assert.ThrowsAsync<LeaseException>(
            () => keeper.TakeAsync("node.freeze-1", new HealAction.EndProcess(ProcessIdentity.OfThis()), null, default));

        Assert.Contains("nothing is injected", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(SomeLease.PlaceIn(_temp), refusal.Message, StringComparison.Ordinal);
    }

    private Task<LeaseKeeper> OpenAsync() =>
        LeaseKeeper.OpenAsync(SomeLease.PlaceIn(_temp), "drill", (_, _) => _watchdog, TimeProvider.System, default);
}
