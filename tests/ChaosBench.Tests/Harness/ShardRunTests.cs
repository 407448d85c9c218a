using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>One plan through the commands: whole, in three shards at once, and joined.</summary>
public sealed class ShardRunTests : IAsyncLifetime, IDisposable
{
    private readonly CommandSession _session = new();
    private ScriptedEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task RunAndMerge_ThreeShards_SendThePlanOnceAndTogether()
    {
        var file = Scenario("open: { arrivals: poisson, rate: 40/s }", "stream.malformed_sse", "input.typos");
        Assert.NotEqual(ExitCodes.Usage, await _session.RunAsync(file));
        var whole = Fate(_session.Observations());

        var exits = await Task.WhenAll(Enumerable.Range(1, 3).Select(ShardAsync));
        Assert.All(exits, exit => Assert.Equal(ExitCodes.Inconclusive, exit));
        var exit = await _session.CallAsync("merge", Path.Combine(_session.Folder.Path, "shards"), "--out", Path.Combine(_session.Folder.Path, "merged"));
        var merged = Directory.EnumerateDirectories(Path.Combine(_session.Folder.Path, "merged"), "2*").Single();
        var summary = RunFiles.ReadSummary(merged);

        Assert.Equal(summary.ExitCode, exit);
        Assert.Equal(FindingVerdict.Pass, summary.Findings.Single(finding => finding.Objective == "shards").Verdict);
        using var journal = JournalFile.Open(merged);
        Assert.Equal(whole, Fate(journal.Events().OfType<JournalEvent.Observation>()));

        async Task<int> ShardAsync(int number)
        {
            using var own = new CommandSession();
            return await own.CallAsync(
                "run", file, "--out", Path.Combine(_session.Folder.Path, "shards"), "--shard", $"{number}/3", "--start-at", TimeProvider.System.GetUtcNow().AddSeconds(1).ToString("O"));
        }
    }

    /// <summary>As engines do that start a failed one again when the others are done.</summary>
    [Theory]
    [InlineData("keep", ExitCodes.Inconclusive)]
    [InlineData("pass", ExitCodes.Pass)]
    public async Task Run_ShardAfterTheOthersAreOver_SendsNothingAndLeavesNoFolder(string policy, int expected)
    {
        var exit = await _session.CallAsync("run", Scenario("open: { arrivals: poisson, rate: 40/s }"), "--out", _session.Runs,
            "--shard", "2/3", "--start-at", "2026-01-31T12:00:00Z", "--inconclusive", policy);

        Assert.Equal(expected, exit);
        Assert.Contains("shard 2/3: all began at 2026-01-31T12:00:00Z", _session.Error, StringComparison.Ordinal);
        Assert.Equal(0, _endpoint.Requests);
        Assert.False(Directory.Exists(_session.Runs));
    }

    [Theory]
    [InlineData("5/4", "not K/N with K from 1 to N")]
    [InlineData("auto", "the environment does not say which shard this is")]
    public async Task Run_NoShard_UsageError(string shard, string says)
    {
        var exit = await _session.CallAsync("run", Scenario("open: { arrivals: poisson, rate: 40/s }"), "--out", _session.Runs, "--shard", shard);

        Assert.Equal(ExitCodes.Usage, exit);
        Assert.Contains(says, _session.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_session.Runs));
    }

    [Fact]
    public async Task Run_ShardOfAModelInThisProcess_Refused()
    {
        var exit = await _session.CallAsync("run", Repository.Path("scenarios.yaml"), "--out", _session.Runs, "--scenario", "smoke", "--shard", "1/2");

        Assert.Equal(ExitCodes.Usage, exit);
        Assert.Contains("each shard would load a model of its own", _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Merge_NothingThere_UsageError()
    {
        Assert.Equal(ExitCodes.Usage, await _session.CallAsync("merge", Path.Combine(_session.Folder.Path, "none")));
        Assert.Equal(ExitCodes.Usage, await _session.CallAsync("merge", _session.Folder.Path));
        Assert.Contains("neither a run folder nor a folder with run folders in it", _session.Error, StringComparison.Ordinal);
    }

    /// <summary>
    /// What does not depend on time: who was asked what, and whom the faults met. A fault on streams is put in place, and lifted, while some
    /// are under way: those are left out.
    /// </summary>
    private static List<string> Fate(IEnumerable<JournalEvent.Observation> requests) =>
    [
        .. requests.OrderBy(request => request.Arrival).Select(request => $"{request.Arrival} {request.Planned} {request.PromptSha256} "
            + (request.Planned is > 2_000_000_000 and < 4_000_000_000 ? $"{request.Outcome} {string.Join(',', request.Faults.Order())}" : "")),
    ];

    private string Scenario(string workload, params string[] faults)
    {
        _session.Folder.File("p.jsonl", string.Concat(Enumerable.Range(0, 30).Select(row => $$"""{"id":"p{{row}}","prompt":"Question number {{row}} about the invoice"}""" + "\n")));
        return _session.Folder.File("s.yaml", $$"""
            version: 1
            targets: { remote: { type: openai, url: "{{_endpoint.Url}}", model: scripted, requestTimeout: 20s } }
            prompts: { p: p.jsonl }
            scenarios:
              - workload: { {{workload}} }
                mix: [{ prompts: p }]
                phases: { warmUp: 0s, baseline: 1s, fault: 4s, recovery: 1s }
                faults: [{{string.Join(", ", faults.Select(fault => $$"""{ fault: {{fault}}, at: 1s, for: 4s, share: 30% }"""))}}]
                gates: ["error_rate <= 50%"]
            """);
    }
}
