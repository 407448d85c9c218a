using System.Runtime.Versioning;
using System.Globalization;
using ChaosBench.Chaos;
using ChaosBench.Chaos.Leases;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Chaos.Nodes;

[SupportedOSPlatform("linux")]
public sealed class PidFileTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [LinuxFact]
    public void Find_ProcessThatRuns_IsThatOne()
    {
        using var victim = new Victim(_temp);

        Assert.Equal(victim.Identity, new PidFile(victim.PidFile).Find());
    }

    [LinuxTheory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-7")]
    [InlineData("12 34")]
    [InlineData("0x10")]
    [InlineData("99999999999999999999")]
    public void Find_NoNumber_IsRefused(string text) => Assert.Contains("is no pid file", Refusal(text), StringComparison.Ordinal);

    [LinuxFact]
    public void Find_EndlessFile_IsRefused() =>
        Assert.Contains("is no pid file", Refusal(new string(' ', 100_000) + "12"), StringComparison.Ordinal);

    [LinuxFact]
    public void Find_NoFile_IsRefused() => Assert.Contains(
        "cannot be read", Assert.Throws<FaultRefusedException>(() => new PidFile(Path.Combine(_temp.Path, "none.pid")).Find()).Message, StringComparison.Ordinal);

    [LinuxFact]
    public void Find_FirstProcess_IsRefused() => Assert.Contains("everything hangs on", Refusal("1"), StringComparison.Ordinal);

    [LinuxFact]
    public void Find_Ourselves_IsRefused() => Assert.Contains("chaosbench itself", Refusal(Text(Environment.ProcessId)), StringComparison.Ordinal);

    [LinuxFact]
    public void Find_OurParent_IsRefused() => Assert.Contains(
        "was started from", Refusal(Text(ProcessStatus.Read(Environment.ProcessId)!.Parent)), StringComparison.Ordinal);

    [LinuxFact]
    public async Task Find_StoppedAlready_IsRefused()
    {
        using var victim = new Victim(_temp);
        await victim.StopAsync();

        Assert.Contains("is stopped already", Refusal(Text(victim.Id)), StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Find_Ended_IsRefused()
    {
        using var victim = new Victim(_temp);
        victim.Kill();
        await Eventually.HoldsAsync(() => victim.HasEnded);

        Assert.Contains("has ended", Refusal(Text(victim.Id)), StringComparison.Ordinal);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string Refusal(string text) =>
        Assert.Throws<FaultRefusedException>(() => new PidFile(_temp.File("a.pid", text)).Find()).Message;
}
