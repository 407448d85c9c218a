using System.Text.Json;
using ChaosBench.Harness.Doctor;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

public sealed class DoctorTests
{
    private const string Sockets = "sockets: used 60\nTCP: inuse 8 orphan 0 tw {0} alloc 11 mem 0\nUDP: inuse 0 mem 0\n";

    [Fact]
    public async Task Doctor_Here_SaysWhatToDoAboutEverythingThatIsNotInOrder()
    {
        using var session = new CommandSession();

        Assert.Equal(0, await session.CallAsync("doctor", "--json", "--out", session.Runs));

        using var checks = JsonDocument.Parse(session.Out);
        var names = checks.RootElement.EnumerateArray().Select(check => check.GetProperty("name").GetString()).ToList();
        foreach (var name in new[] { "cores", "cpu quota", "memory", "open files", "disk", "loopback", "ports", "clock", "timer slack", "clock sync", "onnx runtime", "gpu", "containers", "calibration" })
        {
            Assert.Contains(name, names);
        }

        Assert.All(checks.RootElement.EnumerateArray(), check => Assert.True(
            check.GetProperty("state").GetString() == "ok" || check.GetProperty("remedy").ValueKind == JsonValueKind.String, check.ToString()));
        Assert.False(Directory.Exists(session.Runs));
    }

    [Theory]
    [InlineData("max 100000", "nr_periods 0\nnr_throttled 0\n", "ok", "none")]
    [InlineData("400000 100000", "nr_periods 10\nnr_throttled 0\n", "ok", "4 cores")]
    [InlineData("150000 100000", null, "limited", "1.5 cores")]
    [InlineData("400000 100000", "usage_usec 7\nnr_periods 1000\nnr_throttled 31\n", "limited", "4 cores, held back in 31 of 1000 periods")]
    public void Quota_ControlGroup_IsTold(string max, string? stat, string state, string found)
    {
        var check = CoreChecks.Quota(max, stat, null, null);

        Assert.Equal((state, found), (check.State, check.Found));
    }

    [Fact]
    public void Quota_OldControlGroupOrNone_IsTold()
    {
        Assert.Equal(("limited", "0.5 cores"), (CoreChecks.Quota(null, null, "50000\n", "100000\n").State, CoreChecks.Quota(null, null, "50000\n", "100000\n").Found));
        Assert.Equal(("ok", "none"), (CoreChecks.Quota(null, null, "-1\n", "100000\n").State, CoreChecks.Quota(null, null, "-1\n", "100000\n").Found));
        Assert.Equal("unknown", CoreChecks.Quota(null, null, null, null).State);
        Assert.Equal("ok", CoreChecks.Quota("nonsense", "nr_throttled x", null, null).State);
    }

    [Theory]
    [InlineData("32768\t60999\n", "2\n", 662, "ok", "28232 to send from (32768 to 60999), 662 in TIME_WAIT, used again early on loopback")]
    [InlineData("32768 60999", "0", 20_000, "limited", "28232 to send from (32768 to 60999), 20000 in TIME_WAIT, never used again early")]
    [InlineData("60000 60999", "1", 0, "limited", "1000 to send from (60000 to 60999), 0 in TIME_WAIT, used again early")]
    [InlineData("", null, 0, "unknown", "the range to send from is not told")]
    public void Sending_PortsOfTheKernel_AreTold(string range, string? reuse, int waiting, string state, string found)
    {
        var check = PortChecks.Sending(range, reuse, Sockets.Replace("{0}", FormattableString.Invariant($"{waiting}"), StringComparison.Ordinal));

        Assert.Equal((state, found), (check.State, check.Found));
    }

    [Fact]
    public void Clock_SourceSlackAndSynchronisation_AreTold()
    {
        Assert.Equal(("ok", "tsc, smallest step seen 21 ns"), (ClockChecks.Source("tsc\n", 21).State, ClockChecks.Source("tsc\n", 21).Found));
        Assert.Equal("limited", ClockChecks.Source("hpet\n", 100).State);
        Assert.Equal("limited", ClockChecks.Source(null, 15_600_000).State);
        Assert.Equal(("ok", "50 us; the sending thread asks for none"), (ClockChecks.Slack("50000\n").State, ClockChecks.Slack("50000\n").Found));
        Assert.Equal("limited", ClockChecks.Slack("40000000").State);
        Assert.Equal("unknown", ClockChecks.Slack(null).State);
        Assert.Equal("offset 0.25 ms, at most 12 ms off by the kernel's own account", ClockChecks.Synchronised(new KernelClock(true, 0.00025, 0.012)).Found);
        Assert.Equal(("limited", "not synchronised"), (ClockChecks.Synchronised(new KernelClock(false, 0, 16)).State, ClockChecks.Synchronised(new KernelClock(false, 0, 16)).Found));
        Assert.Equal("unknown", ClockChecks.Synchronised(null).State);
    }

    [Fact]
    public void Files_Limits_AreTold()
    {
        const string limits = "Limit                     Soft Limit           Hard Limit           Units     \nMax open files            {0}                 524288               files     \n";
        string With(string soft) => limits.Replace("{0}", soft, StringComparison.Ordinal);

        Assert.Equal("ok", CoreChecks.Files(With("65536")).State);
        Assert.Equal("ok", CoreChecks.Files(With("unlimited")).State);
        Assert.Contains("ulimit -n 524288", CoreChecks.Files(With("1024")).Remedy, StringComparison.Ordinal);
        Assert.Equal("unknown", CoreChecks.Files(null).State);
        Assert.Equal("limited", CoreChecks.Cores(1).State);
    }
}
