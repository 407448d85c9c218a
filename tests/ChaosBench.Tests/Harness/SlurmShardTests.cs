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

        FourShards.AssertWhole(await MergeAsync());
    }

    [SkippableFact]
    public async Task Array_OneShardTakenBack_MergeSaysWhichAndIsInconclusive()
    {
        cluster.SkipIfMissing();
        var array = await SubmitAsync();
        await Eventually.TrueAsync(() => _endpoint.Requests > 20, "the shards send");
        await cluster.ShellAsync($"scancel {array}_3");
        await OverAsync(array);

        FourShards.AssertThirdIsMissing(await MergeAsync());
    }

    private async Task<string> SubmitAsync()
    {
        FourShards.Write(_folder, _endpoint);
        var program = _folder.Program("chaosbench", $"#!/bin/sh\n{CommandProcess.Script}\n");
        return await cluster.ShellAsync(
            $"CHAOSBENCH={program} CHAOSBENCH_START_AT=$(date -u -d '+15 seconds' +%FT%TZ) "
            + $"sbatch --parsable --export=ALL {Repository.Path("docs", "shards", "slurm.sbatch")} {FourShards.File} {FourShards.Scenario} shards", _folder.Path);
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
