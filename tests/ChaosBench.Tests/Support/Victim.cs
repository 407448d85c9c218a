using System.Runtime.Versioning;
using System.Diagnostics;
using System.Globalization;
using ChaosBench.Chaos.Leases;

namespace ChaosBench.Tests.Support;

/// <summary>A process that sleeps, to be broken, and a pid file that names it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class Victim : IDisposable
{
    private readonly Process _process = Process.Start("sleep", ["600"]);

    public Victim(TempFolder folder)
    {
        PidFile = folder.File("victim.pid", Id.ToString(CultureInfo.InvariantCulture) + "\n");
        Identity = ProcessIdentity.Of(Id)!;
    }

    public int Id => _process.Id;

    public string PidFile { get; }

    public ProcessIdentity Identity { get; }

    /// <summary>As the kernel shows it.</summary>
    public bool IsStopped => ProcessStatus.Read(Id) is { IsStopped: true };

    public bool HasEnded => Identity.Status() is null;

    public async Task StopAsync()
    {
        using var kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -STOP {Id}")]);
        await kill.WaitForExitAsync();
        await Eventually.HoldsAsync(() => IsStopped);
    }

    public void Kill() => _process.Kill();

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}

/// <summary>Leases as a run would have left them.</summary>
[SupportedOSPlatform("linux")]
internal static class SomeLease
{
    /// <summary>Never was: no process starts with the machine.</summary>
    public static ProcessIdentity Gone => ProcessIdentity.OfThis() with { Start = 1 };

    public static Lease Of(HealAction heal, ProcessIdentity owner, double? ttl = null, string id = "1-1-1") => new()
    {
        Schema = LeaseText.Schema,
        Id = id,
        Run = "drill",
        Fault = "node.freeze-1",
        Owner = owner,
        Created = FakeTime.Start,
        TtlSeconds = ttl,
        Heal = heal,
    };

    public static LeaseFolder Folder(TempFolder folder) => LeaseFolder.Open(PlaceIn(folder));

    public static string PlaceIn(TempFolder folder) => Path.Combine(folder.Path, "state", "chaosbench", "leases");

    /// <summary>
    /// As after the owner's death. Never locked from here: a process that another test starts at this moment would hold the lock for as
    /// long as it takes to become its program.
    /// </summary>
    public static string Leave(LeaseFolder folder, Lease lease)
    {
        var path = Path.Combine(folder.Place, lease.Id + ".json");
        using var file = Native.CreateFile(path, out _)!;
        RandomAccess.Write(file, LeaseText.Write(lease), 0);
        return path;
    }
}
