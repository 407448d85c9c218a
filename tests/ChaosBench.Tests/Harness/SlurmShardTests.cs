using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>The recipe of docs/shards/slurm.sbatch, as it stands, on a real Slurm: four shards as an array of jobs.</summary>
public sealed class SlurmShardTests(SlurmCluster cluster) : IClassFixture<SlurmCluster>, IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private ScriptedEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task Array_FourShards_MergeToOneRun()
    {
        cluster.SkipIfMissing();
        var array = await SubmitAsync();
        await OverAsync(array);

        var summary = await MergeAsync();

        Assert.Equal(FindingVerdict.Pass, summary.Findings.Single(finding => finding.Objective == "shards").Verdict);
        Assert.Equal(summary.Counts["arrivals"], summary.Counts["completed"]);
    }

    [SkippableFact]
    public async Task Array_OneShardTakenBack_MergeSaysWhichAndIsInconclusive()
    {
        cluster.SkipIfMissing();
        var array = await SubmitAsync();
        await Eventually.TrueAsync(() => _endpoint.Requests > 20, "the shards send");
        await cluster.ShellAsync($"scancel {array}_3");
        await OverAsync(array);

        var summary = await MergeAsync();

        Assert.Equal((RunVerdict.Inconclusive, ExitCodes.Inconclusive), (summary.Verdict, summary.ExitCode));
        Assert.Contains(summary.Reasons, reason => reason.Contains("shard 3 of 4 stopped after", StringComparison.Ordinal));
        Assert.All(summary.Findings.Where(finding => finding.Kind == FindingKinds.Gate), gate => Assert.Equal(ReasonCodes.ShardMissing, gate.ReasonCode));
    }

    private async Task<string> SubmitAsync()
    {
        _folder.File("p.jsonl", string.Concat(Enumerable.Range(0, 30).Select(row => $$"""{"id":"p{{row}}","prompt":"Question number {{row}} about the invoice"}""" + "\n")));
        _folder.File("s.yaml", $$"""
            version: 1
            targets: { remote: { type: openai, url: "{{_endpoint.Url}}", model: scripted, requestTimeout: 20s } }
            prompts: { p: p.jsonl }
            scenarios:
              - name: steady
                workload: { open: { arrivals: poisson, rate: 20/s } }
                mix: [{ prompts: p }]
                phases: { warmUp: 0s, baseline: 8s }
                objectives: { e2e: 20s }
                gates: ["error_rate <= 50%"]
            """);
        var program = _folder.File("chaosbench", $"""
            #!/bin/sh
            exec {Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet"} {Path.Combine(AppContext.BaseDirectory, "chaosbench.dll")} "$@"

            """);
        return await cluster.ShellAsync(
            $"chmod +x {program} && CHAOSBENCH={program} CHAOSBENCH_START_AT=$(date -u -d '+15 seconds' +%FT%TZ) "
            + $"sbatch --parsable --export=ALL {Repository.Path("docs", "shards", "slurm.sbatch")} s.yaml steady shards", _folder.Path);
    }

    private Task OverAsync(string array) => Eventually.TrueAsync(
        () => cluster.ShellAsync($"sleep 0.3; squeue -h -j {array} 2>/dev/null || true").GetAwaiter().GetResult().Length == 0, "the array is over");

    private async Task<Summary> MergeAsync()
    {
        var (shards, merged) = (Path.Combine(_folder.Path, "shards"), Path.Combine(_folder.Path, "merged"));
        await CommandProcess.RunAsync(_folder.Path, "merge", shards, "--out", merged);
        return RunFiles.ReadSummary(Directory.EnumerateDirectories(merged, "2*").Single());
    }
}
