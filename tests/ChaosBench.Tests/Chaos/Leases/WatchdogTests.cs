using System.Runtime.Versioning;
using System.IO.Pipelines;
using ChaosBench.Chaos.Leases;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Chaos.Leases;

/// <summary>The watchdog's own loop, on a clock and a pipe of the test.</summary>
[SupportedOSPlatform("linux")]
public sealed class WatchdogTests : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly TempFolder _temp = new();
    private readonly Victim _victim;
    private readonly LeaseFolder _folder;
    private readonly FakeTime _time = new();
    private readonly Pipe _pipe = new();
    private readonly List<string> _said = [];

    public WatchdogTests()
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
    public async Task RunAsync_LeaseOutlivesItsTime_HealsItThoughTheRunLives()
    {
        await _victim.StopAsync();
        // Locked, as by a run that hangs.
        using var held = _folder.Write(Lease(ttl: 30));
        var watching = Watch();

        await Eventually.HoldsAsync(_time, Step, () => !_victim.IsStopped);

        Assert.True(_time.GetUtcNow() - FakeTime.Start >= TimeSpan.FromSeconds(30));
        Assert.False(watching.IsCompleted);
        await EndAsync(watching);
        Assert.Equal("node.freeze-1: resume " + _victim.Identity + ": it runs again", Assert.Single(_said));
    }

    [LinuxFact]
    public async Task RunAsync_PipeEnds_HealsWhatIsLeftAndEnds()
    {
        await _victim.StopAsync();
        SomeLease.Leave(_folder, Lease(ttl: null));
        var watching = Watch();
        _time.Advance(TimeSpan.FromHours(10));
        Assert.True(_victim.IsStopped);

        await EndAsync(watching);

        Assert.True(await watching);
        Assert.False(_victim.IsStopped);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Place));
    }

    [LinuxFact]
    public async Task RunAsync_LeaseOfAnotherRun_IsLeftAlone()
    {
        await _victim.StopAsync();
        SomeLease.Leave(_folder, SomeLease.Of(new HealAction.ResumeProcess(_victim.Identity, Group: false), SomeLease.Gone, ttl: 1));
        var watching = Watch();

        await EndAsync(watching);

        Assert.True(_victim.IsStopped);
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.Place));
    }

    [LinuxFact]
    public async Task RunAsync_CannotBeHealed_TriesForAMinuteAndKeepsTheLease()
    {
        SomeLease.Leave(_folder, SomeLease.Of(
            new HealAction.UnpauseContainer(Path.Combine(_temp.Path, "no.sock"), new string('a', 64)), ProcessIdentity.OfThis()));
        var watching = Watch();

        await EndAsync(watching);

        Assert.False(await watching);
        Assert.True(_time.GetUtcNow() - FakeTime.Start >= TimeSpan.FromMinutes(1));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder.Place));
    }

    private Lease Lease(double? ttl) =>
        SomeLease.Of(new HealAction.ResumeProcess(_victim.Identity, Group: false), ProcessIdentity.OfThis(), ttl);

    private Task<bool> Watch() => Task.Run(() =>
        new Watchdog(_folder, ProcessIdentity.OfThis(), _said.Add, _time).RunAsync(_pipe.Reader.AsStream(), CancellationToken.None));

    private async Task EndAsync(Task watching)
    {
        await _pipe.Writer.CompleteAsync();
        await Eventually.HoldsAsync(_time, Step, () => watching.IsCompleted);
        await watching;
    }
}
