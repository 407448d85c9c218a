using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>A/B runs that start each version anew before each of its blocks, through the command, with real models.</summary>
public sealed class FreshStartTests : IDisposable
{
    private readonly CommandSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Run_FreshStarts_EachBlockBehindAStartOfItsOwnThatNoNumberCounts()
    {
        await _session.RunAsync(Scenario("{ within: 6s, requests: 4 }"));

        using var journal = JournalFile.Open(_session.RunPath);
        var events = journal.Events().ToList();
        var header = events.OfType<JournalEvent.RunStarted>().Single();
        var starts = events.OfType<JournalEvent.TargetStarted>().ToList();
        var seen = events.OfType<JournalEvent.Observation>().ToList();

        Assert.Equal(["candidate", "stable"], starts.Select(start => start.Target).Order(StringComparer.Ordinal));
        Assert.All(starts, start => Assert.Equal((4, 0), (start.Requests, start.Unanswered)));
        Assert.All(starts, start => Assert.True(
            start.At <= seen.Where(one => one.Target == start.Target).Min(one => one.Planned), "a block began before its version was up"));
        Assert.Equal(header.PlannedArrivals, seen.Count);
        Assert.All(seen, one => Assert.Equal(Outcome.Completed, one.Outcome));
        Assert.All(seen, one => Assert.True(one.Planned % (12 * Nanos.PerSecond) >= 6 * Nanos.PerSecond, "a request in a pause"));

        var comparison = _session.Summary.Comparison!;
        Assert.Equal((1, 4, 0), (comparison.FreshStarts!["candidate"].Count, comparison.FreshStarts["candidate"].Requests, comparison.FreshStarts["candidate"].Unanswered));
        Assert.Contains(comparison.Notes, note => note.StartsWith("Each version was started anew before each of its blocks", StringComparison.Ordinal));
        Assert.Contains("candidate came up once in ", File.ReadAllText(Path.Combine(_session.RunPath, "report.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PauseTooShort_BreaksAndSaysWhatToRaise()
    {
        Assert.Equal(3, await _session.CallAsync("run", Scenario("{ within: 1s, requests: 1000 }", "4s"), "--out", _session.Runs));

        Assert.Equal(RunVerdict.Error, _session.Summary.Verdict);
        Assert.Contains("too short for a fresh start; raise starts: { within: ... }", _session.Summary.Headline, StringComparison.Ordinal);
    }

    private string Scenario(string starts, string length = "24s") => _session.Folder.File("fresh.yaml", $$"""
        version: 1
        seed: 7
        targets:
          stable: { type: onnx, model: "{{Repository.Path("scenarios", "models", "triage-v1")}}", replicas: 1, device: cpu }
          candidate: { type: onnx, model: "{{Repository.Path("scenarios", "models", "triage-v2")}}", replicas: 1, device: cpu }
        prompts: { canaries: "{{Repository.Path("scenarios", "recorded", "canaries.jsonl")}}" }
        scenarios:
          - name: fresh
            targets: { baseline: stable, candidate: candidate }
            starts: {{starts}}
            workload: { open: { arrivals: constant, rate: 5/s } }
            mix: [ { prompts: canaries, maxTokens: 48 } ]
            phases: { baseline: {{length}} }
            gates: [ "p95 e2e <= +25% vs baseline" ]
        """);
}
