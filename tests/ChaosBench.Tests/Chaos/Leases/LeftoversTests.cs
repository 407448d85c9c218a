using System.Runtime.Versioning;
using ChaosBench.Chaos.Leases;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Chaos.Leases;

/// <summary>Only what has no owner any more is healed, and only exactly what the lease means.</summary>
[SupportedOSPlatform("linux")]
public sealed class LeftoversTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly Victim _victim;
    private readonly LeaseFolder _folder;

    public LeftoversTests()
    {
        _victim = new Victim(_temp);
        _folder = SomeLease.Folder(_temp);
    }

    public void Dispose()
    {
        _victim.Dispose();
        _temp.Dispose();
    }

    [LinuxFact]
    public async Task HealAsync_OwnerGone_ResumesTheProcessAndRemovesTheLease()
    {
        await _victim.StopAsync();
        SomeLease.Leave(_folder, SomeLease.Of(new HealAction.ResumeProcess(_victim.Identity, Group: false), SomeLease.Gone));

        var leftover = Assert.Single(await HealAsync());

        Assert.Equal(LeftoverState.Healed, leftover.State);
        Assert.False(_victim.IsStopped);
        Assert.Empty(await HealAsync());
    }

    [LinuxFact]
    public async Task HealAsync_OwnerLives_TouchesNothing()
    {
        await _victim.StopAsync();
        SomeLease.Leave(_folder, SomeLease.Of(new HealAction.ResumeProcess(_victim.Identity, Group: false), ProcessIdentity.OfThis()));

        Assert.Equal(LeftoverState.Held, Assert.Single(await HealAsync()).State);
        Assert.True(_victim.IsStopped);
    }

    [LinuxFact]
    public async Task HealAsync_LockIsHeld_TouchesNothing()
    {
        await _victim.StopAsync();
        using var held = _folder.Write(SomeLease.Of(new HealAction.ResumeProcess(_victim.Identity, Group: false), SomeLease.Gone));

        Assert.Equal(LeftoverState.Held, Assert.Single(await HealAsync()).State);
        Assert.True(_victim.IsStopped);
    }

    [LinuxFact]
    public async Task HealAsync_NumberWasGivenToAnotherProcess_LeavesThatOneAlone()
    {
        await _victim.StopAsync();
        var earlier = _victim.Identity with { Start = _victim.Identity.Start - 1 };
        SomeLease.Leave(_folder, SomeLease.Of(new HealAction.ResumeProcess(earlier, Group: false), SomeLease.Gone, id: "1-1-1"));
        SomeLease.Leave(_folder, SomeLease.Of(new HealAction.EndProcess(earlier), SomeLease.Gone, id: "1-1-2"));
        SomeLease.Leave(_folder, SomeLease.Of(
            new HealAction.EndProcess(_victim.Identity with { Boot = "another" }), SomeLease.Gone, id: "1-1-3"));

        Assert.All(await HealAsync(), leftover => Assert.Equal(LeftoverState.NotNeeded, leftover.State));
        Assert.True(_victim.IsStopped);
        Assert.False(_victim.HasEnded);
    }

    [LinuxFact]
    public async Task HealAsync_ProcessOfAnotherNamespace_FailsAndKeepsTheLease()
    {
        SomeLease.Leave(_folder, SomeLease.Of(
            new HealAction.EndProcess(_victim.Identity with { Namespace = "pid:[1]" }), SomeLease.Gone));

        Assert.Equal(LeftoverState.Failed, Assert.Single(await HealAsync()).State);
        Assert.Equal(LeftoverState.Failed, Assert.Single(await HealAsync()).State);
        Assert.False(_victim.HasEnded);
    }

    [LinuxFact]
    public async Task HealAsync_ProcessOfTheRun_IsEnded()
    {
        await _victim.StopAsync();
        SomeLease.Leave(_folder, SomeLease.Of(new HealAction.EndProcess(_victim.Identity), SomeLease.Gone));

        Assert.Equal(LeftoverState.Healed, Assert.Single(await HealAsync()).State);
        Assert.True(_victim.HasEnded);
    }

    [LinuxFact]
    public async Task HealAsync_NoEngineForAContainer_FailsWithTheRemedyAndKeepsTheLease()
    {
        SomeLease.Leave(_folder, SomeLease.Of(
            new HealAction.StartContainer(Path.Combine(_temp.Path, "no.sock"), new string('a', 64)), SomeLease.Gone));

        var leftover = Assert.Single(await HealAsync());

        Assert.Equal(LeftoverState.Failed, leftover.State);
        Assert.Contains("there is no such socket", leftover.Detail, StringComparison.Ordinal);
        Assert.True(File.Exists(leftover.Place));
    }

    [LinuxFact]
    public async Task HealAsync_TwoAtOnce_HealOnlyOnce()
    {
        await _victim.StopAsync();
        SomeLease.Leave(_folder, SomeLease.Of(new HealAction.ResumeProcess(_victim.Identity, Group: false), SomeLease.Gone));

        var both = await Task.WhenAll(Task.Run(HealAsync), Task.Run(HealAsync));

        Assert.Single(both.SelectMany(results => results), result => result.State == LeftoverState.Healed);
        Assert.False(_victim.IsStopped);
    }

    private Task<IReadOnlyList<Leftover>> HealAsync() =>
        Leftovers.HealAsync(_folder.Place, new Healer(TimeProvider.System), CancellationToken.None);
}
