using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary><c>run --replay RUN</c>: the faults of one run once more.</summary>
public sealed class FaultReplayTests : IDisposable
{
    private readonly CommandSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Replay_FinishedRun_HasTheSameVictimsAndFixesWhatTheRunDecided()
    {
        var file = Scenario("20/s");
        await _session.CallAsync("run", file, "--out", _session.Runs, "--seed", "7");
        var first = _session.RunPath;

        await _session.CallAsync("run", file, "--out", _session.Runs + "2", "--replay", first);

        var second = Directory.EnumerateDirectories(_session.Runs + "2", "2*").Single();
        var (before, after) = (Victims(first), Victims(second));
        Assert.Equal(["lose", "next", "typos"], before.Keys.Order());
        Assert.Equal(before["typos"], after["typos"]);
        Assert.Equal(before["lose"], after["lose"]);
        Assert.NotEmpty(before["next"].Intersect(after["next"]));
        var faults = RunFiles.ReadManifest(second).ResolvedScenario!.Value.GetProperty("faults");
        Assert.False(faults[1].TryGetProperty("after", out _));
        Assert.Equal(Started(first, "next") / 1e9, faults[1].GetProperty("at").GetDouble(), 0.001);
        Assert.Equal(7UL, RunFiles.ReadManifest(second).Seed);
    }

    [Fact]
    public async Task Replay_OtherTraffic_IsRefusedWithWhatDiffers()
    {
        await _session.CallAsync("run", Scenario("20/s"), "--out", _session.Runs);
        var run = _session.RunPath;
        _session.Forget();

        Assert.Equal(4, await _session.CallAsync("run", Scenario("25/s"), "--out", _session.Runs + "2", "--replay", run));

        Assert.Contains("its faults cannot meet the same requests. What differs:", _session.Error, StringComparison.Ordinal);
        Assert.Contains("workload.open.rate was 20 and is 25", _session.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_session.Runs + "2"));
    }

    [Fact]
    public async Task Replay_OfNothing_IsRefused()
    {
        Assert.Equal(4, await _session.CallAsync("run", Scenario("20/s"), "--replay", _session.Folder.Path));

        Assert.Contains("no finished run is here", _session.Error, StringComparison.Ordinal);
    }

    private static Dictionary<string, List<string>> Victims(string run)
    {
        using var journal = JournalFile.Open(run);
        return journal.Events().OfType<JournalEvent.Injection>().Where(one => one.Kind == InjectionKind.Selected)
            .GroupBy(one => one.Fault).ToDictionary(group => group.Key, group => group.Select(one => one.Key).Order(StringComparer.Ordinal).ToList());
    }

    private static long Started(string run, string fault)
    {
        using var journal = JournalFile.Open(run);
        return journal.Events().OfType<JournalEvent.FaultTransition>().First(one => one.Fault == fault && one.State == FaultState.Ordered).At;
    }

    private string Scenario(string rate) => _session.Folder.File("replay.yaml", $$"""
        version: 1
        targets:
          candidate: { type: onnx, model: {{Path.Combine(Repository.Root, "scenarios/models/triage-v1")}}, replicas: 2 }
        prompts:
          tickets: {{Path.Combine(Repository.Root, "scenarios/recorded/tickets.jsonl")}}
        scenarios:
          - rate: {{rate}}
            phases: { warmUp: 0s, baseline: 1s, fault: 6s, recovery: 1s }
            faults:
              - { id: lose, fault: node.kill, for: 500ms }
              - { id: next, fault: dependency.error, after: { fault: lose, delay: 200ms }, for: 1500ms, share: 60% }
              - { id: typos, fault: input.typos, burst: { windows: 2, for: 1s, every: 2s }, share: 50% }
        """);
}
