using System.Runtime.Versioning;
using System.Text.Json;
using ChaosBench.Chaos.Leases;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>Faults on real processes outside the run, and what heals them when the run is killed; through the command, as a user starts it.</summary>
[SupportedOSPlatform("linux")]
public sealed class OutsideFaultTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Victim _victim;

    public OutsideFaultTests() => _victim = new Victim(_folder);

    public void Dispose()
    {
        _victim.Dispose();
        _folder.Dispose();
    }

    [LinuxFact]
    public async Task Run_FreezeOfAPidFile_FreezesHealsAndVerifies()
    {
        using var run = Start(Scenario("1s"));

        await run.UntilAsync(() => _victim.IsStopped, "the process is stopped");

        Assert.True(await run.ExitAsync() == 0, run.Error);
        Assert.False(_victim.IsStopped);
        var summary = Summary();
        Assert.Equal("Verified", summary.Healed.ToString());
        Assert.Equal(("real", "healed", 1), Assert.Single(summary.Faults) is var fault ? (fault.Fidelity, fault.State, fault.Applied) : default);
        Assert.Empty(LeaseFiles());
    }

    [LinuxFact]
    public async Task Run_KilledInTheMiddleOfAFreeze_IsHealedByTheWatchdog()
    {
        using var run = Start(Scenario("10m"));
        await run.UntilAsync(() => _victim.IsStopped, "the process is stopped");
        Assert.Single(LeaseFiles());

        run.Signal("KILL");

        await Eventually.HoldsAsync(() => !_victim.IsStopped);
        await Eventually.HoldsAsync(() => LeaseFiles().Length == 0);
        Assert.False(_victim.HasEnded);
    }

    [LinuxFact]
    public async Task Run_KilledAtOnceAfterTheInjection_IsReportedAsUnverified()
    {
        using var run = Start(Scenario("10m"));
        await run.UntilAsync(() => _victim.IsStopped, "the process is stopped");

        run.Signal("KILL");

        Assert.Equal(137, await run.ExitAsync());
        using var report = CommandProcess.Start(_folder.Path, Before, ["report", Path.Combine(_folder.Path, "runs", "latest")]);
        await report.ExitAsync();
        Assert.Contains("(exit 3): local was not judged: it could not be verified that every fault was lifted", report.Error, StringComparison.Ordinal);
        Assert.Equal(HealState.Unverified, Summary().Healed);
        await Eventually.HoldsAsync(() => !_victim.IsStopped);
    }

    [LinuxFact]
    public async Task Run_WatchdogKilledAlone_HealsByItself()
    {
        using var run = Start(Scenario("2s"));
        await run.UntilAsync(() => _victim.IsStopped, "the process is stopped");

        KillWatchdog();

        Assert.True(await run.ExitAsync() == 0, run.Error);
        Assert.False(_victim.IsStopped);
        Assert.Empty(LeaseFiles());
    }

    [LinuxFact]
    public async Task Heal_RunAndWatchdogKilled_HealsAndTellsWhat()
    {
        await KillBothAsync();
        Assert.True(_victim.IsStopped);

        using var heal = CommandProcess.Start(_folder.Path, Before, ["heal", "--json"]);

        Assert.True(await heal.ExitAsync() == 0, heal.Error);
        Assert.False(_victim.IsStopped);
        var row = Assert.Single(JsonDocument.Parse(heal.Output).RootElement.EnumerateArray().ToList());
        Assert.Equal(("healed", "node.freeze-1"), (row.GetProperty("state").GetString(), row.GetProperty("fault").GetString()));
        Assert.Empty(LeaseFiles());
    }

    [LinuxFact]
    public async Task Heal_RunLives_TouchesNothing()
    {
        using var run = Start(Scenario("10m"));
        await run.UntilAsync(() => _victim.IsStopped, "the process is stopped");

        using var heal = CommandProcess.Start(_folder.Path, Before, ["heal"]);

        Assert.Equal(0, await heal.ExitAsync());
        Assert.StartsWith("held  node.freeze-1", heal.Output, StringComparison.Ordinal);
        Assert.True(_victim.IsStopped);
        run.Signal("INT");
        Assert.Equal(130, await run.ExitAsync());
        Assert.False(_victim.IsStopped);
        Assert.Empty(LeaseFiles());
    }

    [LinuxFact]
    public async Task Run_LeftoversOfAKilledRun_AreHealedFirst()
    {
        await KillBothAsync();
        Assert.True(_victim.IsStopped);

        using var run = Start(Scenario("500ms"));

        // The process is stopped already when the new run begins, and it refuses those: that it runs at all shows who healed.
        Assert.True(await run.ExitAsync() == 0, run.Error);
        Assert.Contains("left by an earlier run: healed  node.freeze-1", run.Error, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Heal_HostileFile_IsReportedNotActedUpon()
    {
        await _victim.StopAsync();
        var path = SomeLease.Leave(
            LeaseFolder.Open(Place), SomeLease.Of(new HealAction.ResumeProcess(_victim.Identity, Group: false), SomeLease.Gone));
        File.WriteAllText(path, File.ReadAllText(path).Replace("resume-process", "run-command\u001b[2J", StringComparison.Ordinal));

        using var heal = CommandProcess.Start(_folder.Path, Before, ["heal"]);

        Assert.Equal(3, await heal.ExitAsync());
        Assert.StartsWith("refused  " + path, heal.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', heal.Output);
        Assert.True(_victim.IsStopped);
    }

    [LinuxFact]
    public async Task Run_NoLeaseCanBeWritten_InjectsNothingAndSaysWhere()
    {
        _folder.File("state", "in the way");

        using var run = Start(Scenario("1s"));

        Assert.Equal(4, await run.ExitAsync());
        Assert.Contains(Place, run.Error, StringComparison.Ordinal);
        Assert.Contains("XDG_STATE_HOME", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "runs")));
    }

    [LinuxFact]
    public async Task Run_WithoutAllowPid_IsRefusedAtTheLine()
    {
        using var run = CommandProcess.Start(_folder.Path, Before, ["run", Scenario("1s")]);

        Assert.Equal(4, await run.ExitAsync());
        Assert.Contains("s.yaml:9:55: node.freeze-1 (node.freeze) acts on the process of", run.Error, StringComparison.Ordinal);
        Assert.Contains("run with --allow-pid", run.Error, StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Run_KillWithoutASupervisor_IsNotHealedAndExits3()
    {
        using var run = Start(Scenario("200ms", "node.kill"));

        await run.UntilAsync(() => _victim.HasEnded, "the process has ended");

        Assert.Equal(3, await run.ExitAsync());
        Assert.Equal("Failed", Summary().Healed.ToString());
    }

    private string State => Path.Combine(_folder.Path, "state");

    private string Place => Path.Combine(State, "chaosbench", "leases");

    private string Before => $"export XDG_STATE_HOME='{State}';";

    private string[] LeaseFiles() => Directory.GetFiles(Place, "*.json");

    private CommandProcess Start(string file) =>
        CommandProcess.Start(_folder.Path, Before, ["run", file, "--allow-pid", "--out", Path.Combine(_folder.Path, "runs")]);

    private async Task KillBothAsync()
    {
        using var run = Start(Scenario("10m"));
        await run.UntilAsync(() => _victim.IsStopped, "the process is stopped");
        KillWatchdog();
        run.Signal("KILL");
        Assert.Equal(137, await run.ExitAsync());
    }

    /// <summary>The only watchdog of this folder.</summary>
    private void KillWatchdog()
    {
        var id = int.Parse(Path.GetFileName(Assert.Single(Directory.EnumerateDirectories("/proc"), IsWatchdog)), System.Globalization.CultureInfo.InvariantCulture);
        using var watchdog = System.Diagnostics.Process.GetProcessById(id);
        watchdog.Kill();
        watchdog.WaitForExit();
    }

    private bool IsWatchdog(string process)
    {
        try
        {
            var words = File.ReadAllText(Path.Combine(process, "cmdline"));
            return words.Contains("\0watchdog\0", StringComparison.Ordinal) && words.Contains(Place, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private Summary Summary() => RunFolder.Rebuild(
        Directory.EnumerateDirectories(Path.Combine(_folder.Path, "runs"), "2*").OrderDescending(StringComparer.Ordinal).First()).Summary;

    private string Scenario(string length, string fault = "node.freeze") => _folder.File("s.yaml", $$"""
        version: 1
        targets: { local: { model: {{Repository.Path("scenarios", "models", "triage-v1")}}, device: cpu, replicas: 1 } }
        prompts: { tickets: { generated: support-ticket } }
        scenarios:
          - target: local
            rate: 5/s
            mix: [{ prompts: tickets, maxTokens: 4 }]
            phases: { warmUp: 0s, baseline: 500ms, fault: {{length}}, recovery: 500ms }
            faults: [{ fault: {{fault}}, select: { pidFile: {{_victim.PidFile}} } }]
        """);
}
