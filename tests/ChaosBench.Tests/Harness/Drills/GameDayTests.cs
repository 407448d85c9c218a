using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Drills;

/// <summary>A drill with people, here without a terminal: they speak through <c>chaosbench note</c>.</summary>
public sealed class GameDayTests : IDisposable
{
    private readonly CommandSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task GameDay_NoteAndContinue_AreInTheJournalAndTheFaultWaitsForThem()
    {
        using var run = Start();
        await run.UntilAsync(() => Says(run, "lose (node.kill) waits. Enter: go on"), "the drill waited");
        Assert.DoesNotContain(Events(), one => one is JournalEvent.FaultTransition { Fault: "lose" });

        Assert.Equal(0, await _session.CallAsync("note", _session.RunPath, "the pager rang", "--continue"));

        Assert.Equal(0, await run.ExitAsync());
        var notes = Events().OfType<JournalEvent.Note>().ToList();
        var passed = notes.Single(note => note.Text.Contains("lose goes on", StringComparison.Ordinal));
        Assert.Contains(notes, note => note.Text == "the pager rang");
        Assert.True(Events().OfType<JournalEvent.FaultTransition>().First(move => move.Fault == "lose").At >= passed.At);
        Assert.Equal(HealState.Verified, _session.Summary.Healed);
        Assert.Contains("the pager rang", await File.ReadAllTextAsync(Path.Combine(_session.RunPath, "postmortem.md")), StringComparison.Ordinal);
        Assert.Contains("the pager rang", await File.ReadAllTextAsync(Path.Combine(_session.RunPath, "report.html")), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_session.RunPath, "control.jsonl")), "what was said is in the journal");
        Assert.True(Says(run, "lose (node.kill) is healed, checked"), run.Error);

        // The drill once more, without people: the fault acts when they let it go.
        var file = Path.Combine(_session.Folder.Path, "drill.yaml");
        Assert.Equal(0, await _session.CallAsync("run", file, "--replay", _session.RunPath, "--dry-run"));
        var ordered = Events().OfType<JournalEvent.FaultTransition>().First(move => move.Fault == "lose").At;
        Assert.Contains(FormattableString.Invariant($"lose  node.kill  {ordered / 1e9:0.###}s to "), _session.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GameDay_AbortedWhileAFaultWaits_BreaksNothingAndExits3()
    {
        using var run = Start();
        await run.UntilAsync(() => Says(run, "lose (node.kill) waits"), "the drill waited");

        Assert.Equal(0, await _session.CallAsync("abort", _session.RunPath));

        Assert.Equal(3, await run.ExitAsync());
        Assert.Equal(RunVerdict.Aborted, _session.Summary.Verdict);
        Assert.DoesNotContain(Events(), one => one is JournalEvent.FaultTransition { Fault: "lose" });
        Assert.Contains(Events().OfType<JournalEvent.Note>(), note => note.Text == "lose did not start: nobody let it go on");
    }

    [Fact]
    public async Task GameDay_NothingToWaitFor_IsRefused()
    {
        var file = Scenario("{ fault: input.typos, for: 1s }");

        Assert.Equal(4, await _session.CallAsync("run", file, "--game-day", "--out", _session.Runs));
        Assert.Contains("no fault to wait before; add gameDay: pause", _session.Error, StringComparison.Ordinal);
        Assert.Equal(4, await _session.CallAsync("validate", Scenario("{ fault: input.typos, for: 1s, gameDay: pause }")));
        Assert.Contains("the plan fixes the victims of input.typos before the run, so that it cannot wait; remove gameDay:", _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_GameDay_HasRoomForTheWaiting()
    {
        Assert.Equal(0, await _session.CallAsync("run", Scenario("{ id: lose, fault: node.kill, for: 1s }"), "--game-day", "--hold", "30s", "--dry-run"));

        Assert.Contains("fault      1s to 36s", _session.Out, StringComparison.Ordinal);
        Assert.Contains("waits for a person: the times here are the earliest; over by 36s", _session.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "nothing to note; write a text, or --continue.")]
    [InlineData("ended", "this run has ended and its journal is closed; write into its postmortem.md.")]
    public async Task Note_ThatCannotBeTaken_SaysWhy(string text, string expected)
    {
        _session.Folder.File("summary.json", "{}");

        Assert.Equal(4, await _session.CallAsync(text.Length == 0 ? ["note", _session.Folder.Path] : ["note", _session.Folder.Path, text]));

        Assert.Contains(expected, _session.Error, StringComparison.Ordinal);
    }

    private static bool Says(CommandProcess run, string text) => run.Error.Contains(text, StringComparison.Ordinal);

    private CommandProcess Start() => CommandProcess.Start(
        Repository.Root, "run", Scenario("{ id: lose, fault: node.kill, for: 1s, select: { replica: 1 } }"), "--out", _session.Runs, "--game-day", "--hold", "4s");

    private List<JournalEvent> Events()
    {
        using var journal = JournalFile.Open(_session.RunPath);
        return [.. journal.Events()];
    }

    private string Scenario(string fault) => _session.Folder.File("drill.yaml", $$"""
        version: 1
        targets:
          candidate: { type: onnx, model: {{Path.Combine(Repository.Root, "scenarios/models/triage-v1")}}, replicas: 2 }
        prompts:
          tickets: {{Path.Combine(Repository.Root, "scenarios/recorded/tickets.jsonl")}}
        scenarios:
          - rate: 10/s
            phases: { warmUp: 0s, baseline: 1s, fault: 5s, recovery: 1s }
            faults: [{{fault}}]
        """);
}
