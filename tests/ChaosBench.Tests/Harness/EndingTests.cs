using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>How a run ends that does not come to its end, with a fault in place: signals to the real process.</summary>
public sealed class EndingTests : IDisposable
{
    private readonly CommandSession _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Signal_WhileANodeIsDown_HealsReportsAndExits130(string signal)
    {
        using var run = await StartWithNodeDownAsync();

        run.Signal(signal);

        Assert.Equal(130, await run.ExitAsync());
        var summary = _session.Summary;
        Assert.Equal(RunVerdict.Cancelled, summary.Verdict);
        Assert.Equal(130, summary.ExitCode);
        Assert.Equal(HealState.Verified, summary.Healed);
        Assert.Equal(summary.Counts["arrivals"], summary.Counts.Where(count => count.Key != "arrivals").Sum(count => count.Value));
        Assert.True(summary.Counts["not-sent"] > 0, "what was not sent any more is accounted for");
        string[] files = ["manifest.json", "journal.jsonl.gz", "report.html", "report.md", "junit.xml", "postmortem.md"];
        Assert.All(files, file => Assert.True(File.Exists(Path.Combine(_session.RunPath, file)), file));
        Assert.Equal([FaultState.Cleared, FaultState.Healed], Events().OfType<JournalEvent.FaultTransition>().TakeLast(2).Select(move => move.State));
        Assert.IsType<JournalEvent.RunEnded>(Events()[^1]);
        Assert.Contains("stopping, healing", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abort", "aborted by 'chaosbench abort'")]
    [InlineData("stop-file", "the drill is over")]
    public async Task Stop_WhileANodeIsDown_HealsReportsAndExits3(string how, string reason)
    {
        var stop = Path.Combine(_session.Folder.Path, "stop");
        using var run = await StartWithNodeDownAsync("--stop-file", stop);

        if (how == "abort")
        {
            Assert.Equal(0, await _session.CallAsync("abort", _session.RunPath));
        }
        else
        {
            await File.WriteAllTextAsync(stop, "the drill is over\n");
        }

        Assert.Equal(3, await run.ExitAsync());
        Assert.Equal(RunVerdict.Aborted, _session.Summary.Verdict);
        Assert.Equal(HealState.Verified, _session.Summary.Healed);
        Assert.Contains(reason, _session.Summary.Headline, StringComparison.Ordinal);
        Assert.Equal([FaultState.Cleared, FaultState.Healed], Events().OfType<JournalEvent.FaultTransition>().TakeLast(2).Select(move => move.State));
    }

    [Fact]
    public async Task StopFile_ThatIsThereAlready_NothingIsSent()
    {
        var stop = _session.Folder.File("stop", "");

        Assert.Equal(4, await _session.CallAsync("run", Scenario(), "--out", _session.Runs, "--stop-file", stop));

        Assert.Contains("the stop file is there; nothing was sent", _session.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_session.Runs));
    }

    [Fact]
    public async Task DryRun_Scenario_ShowsThePlanAndLeavesNoRun()
    {
        Assert.Equal(0, await _session.CallAsync("run", Scenario(), "--out", _session.Runs, "--dry-run"));

        Assert.Contains("node.kill", _session.Out, StringComparison.Ordinal);
        Assert.Contains("radius    replicas at most", _session.Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_session.Runs));
    }

    [Fact]
    public async Task Kill_WhileANodeIsDown_LeavesAJournalThatSaysItWasCut()
    {
        using var run = await StartWithNodeDownAsync();

        run.Signal("KILL");
        Assert.Equal(137, await run.ExitAsync());

        Assert.Equal(0, await _session.CallAsync("report", _session.RunPath));
        var summary = _session.Summary;
        Assert.Equal(RunVerdict.Error, summary.Verdict);
        Assert.Equal(3, summary.ExitCode);
        Assert.Equal(HealState.Unverified, summary.Healed);
        Assert.Contains(summary.Reasons, reason => reason.Contains("killed", StringComparison.Ordinal));
        Assert.True(summary.Counts["completed"] > 0);
        Assert.True(File.Exists(Path.Combine(_session.RunPath, "report.html")));
        Assert.Contains("ERROR", _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signal_Twice_EndsAtOnceAndTheJournalReads()
    {
        using var run = await StartWithNodeDownAsync();
        // A disk that hangs under the first report: opening a pipe that nobody reads never returns.
        var stuck = Path.Combine(_session.RunPath, "summary.json.tmp");
        using (var pipe = System.Diagnostics.Process.Start("mkfifo", [stuck]))
        {
            await pipe.WaitForExitAsync();
        }

        run.Signal("INT");
        await run.UntilAsync(() => File.Exists(Path.Combine(_session.RunPath, "journal.jsonl.gz")), "the journal was packed");
        run.Signal("INT");

        Assert.Equal(130, await run.ExitAsync());
        File.Delete(stuck);
        Assert.Equal(0, await _session.CallAsync("report", _session.RunPath));
        Assert.Equal(RunVerdict.Cancelled, _session.Summary.Verdict);
    }

    [Fact]
    public async Task Signal_BeforeTheTargetsServe_Exits130WithAReport()
    {
        using var run = CommandProcess.Start(Repository.Root, "run", Scenario(), "--out", _session.Runs);
        await run.UntilAsync(() => run.Error.Contains("writing", StringComparison.Ordinal), "the run began");

        run.Signal("TERM");

        Assert.Equal(130, await run.ExitAsync());
        Assert.Equal(RunVerdict.Cancelled, _session.Summary.Verdict);
    }

    [SkippableFact]
    public async Task Results_ThatCannotBeWritten_AreAnErrorInOneLine()
    {
        Skip.IfNot(File.Exists("/dev/full"), "needs /dev/full");

        using var process = CommandProcess.Start(Repository.Root, "exec 1>/dev/full;", ["schema"]);

        Assert.Equal(3, await process.ExitAsync());
        Assert.Contains("standard output cannot be written", process.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", process.Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Signal_WhileNobodyCanReadTheMessages_StillHeals()
    {
        Skip.IfNot(File.Exists("/dev/full"), "needs /dev/full");
        using var run = CommandProcess.Start(Repository.Root, "exec 2>/dev/full;", ["run", Scenario(), "--out", _session.Runs]);
        await run.UntilAsync(NodeIsDown, "the node was down");

        run.Signal("INT");

        Assert.Equal(130, await run.ExitAsync());
        Assert.Equal(HealState.Verified, _session.Summary.Healed);
    }

    [Fact]
    public async Task Pipe_ClosedByItsReader_IsNoCrash()
    {
        var file = Scenario();
        // The status of the pipe's first part, not of head.
        var before = $"status() {{ \"$@\"; echo $? > status; }}; cd '{_session.Folder.Path}'; "
            + "pipe() { status \"$@\" | head -n 1; }; pipe \"$@\"; exit 0;";

        using var process = CommandProcess.Start(Repository.Root, before, ["plan", "--full", file]);

        Assert.Equal(0, await process.ExitAsync());
        Assert.Equal("0", (await File.ReadAllTextAsync(Path.Combine(_session.Folder.Path, "status"))).Trim());
    }

    private async Task<CommandProcess> StartWithNodeDownAsync(params string[] more)
    {
        var run = CommandProcess.Start(Repository.Root, ["run", Scenario(), "--out", _session.Runs, .. more]);
        try
        {
            await run.UntilAsync(NodeIsDown, "the node was down");
            return run;
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    private bool NodeIsDown()
    {
        var journal = Directory.Exists(_session.Runs)
            ? Directory.EnumerateFiles(_session.Runs, JournalFile.Name, SearchOption.AllDirectories).FirstOrDefault()
            : null;
        if (journal is null)
        {
            return false;
        }

        using var file = new StreamReader(new FileStream(journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return file.ReadToEnd().Contains("\"state\":\"active\"", StringComparison.Ordinal);
    }

    private List<JournalEvent> Events()
    {
        using var journal = JournalFile.Open(_session.RunPath);
        return [.. journal.Events()];
    }

    /// <summary>Ten minutes with a replica lost from the second second on: only a signal ends it.</summary>
    private string Scenario() => _session.Folder.File("ending.yaml", $$"""
        version: 1
        seed: 7
        targets: { candidate: { type: onnx, model: "{{Repository.Path("scenarios", "models", "triage-v1")}}", replicas: 2 } }
        prompts: { canaries: "{{Repository.Path("scenarios", "recorded", "canaries.jsonl")}}" }
        scenarios:
          - name: ending
            workload: { open: { arrivals: constant, rate: 10/s } }
            mix: [ { prompts: canaries, maxTokens: 48 } ]
            phases: { warmUp: 0s, baseline: 2s, fault: 10m, recovery: 5s }
            faults: [ { at: 2s, for: 10m, fault: node.kill, select: { replica: 1 } } ]
            gates: [ "error_rate <= 60%" ]
        """);
}
