using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Packaging;

/// <summary>The recipe of docs/shards/swarm.sh, as it stands, on a real Docker Swarm and with the real image: four shards as a replicated job.</summary>
[Collection(DockerTests.Name)]
public sealed class SwarmShardTests(DockerServer docker) : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private ScriptedEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task Job_FourShards_MergeToOneRun()
    {
        var image = await docker.ImageAsync();
        await SubmitAsync("whole", image);
        await OverAsync("whole", failed: 0);

        FourShards.AssertWhole(await MergeAsync(image));
    }

    [SkippableFact]
    public async Task Job_OneShardKilled_MergeSaysWhichAndIsInconclusive()
    {
        var image = await docker.ImageAsync();
        await SubmitAsync("wounded", image);
        await Eventually.TrueAsync(() => _endpoint.Requests > 20, "the shards send");
        await docker.ShellAsync("/", "docker kill $(docker ps --quiet --filter name=wounded.3.)");
        await OverAsync("wounded", failed: 1);

        FourShards.AssertThirdIsMissing(await MergeAsync(image));
    }

    private async Task SubmitAsync(string job, string image)
    {
        await docker.JoinSwarmAsync();
        FourShards.Write(_folder, _endpoint);
        await docker.ShellAsync(_folder.Path,
            $"CHAOSBENCH_JOB={job} CHAOSBENCH_IMAGE={image} CHAOSBENCH_START_AT=$(date -u -d '+15 seconds' +%FT%TZ) {Repository.Path("docs", "shards", "swarm.sh")} 4 {FourShards.File} {FourShards.Scenario}");
    }

    /// <summary>
    /// Waits for all tasks. Swarm starts one that failed again, whatever its restart condition, as soon as another one is complete: the new
    /// one may be there already or not yet, and finds that it missed the run.
    /// </summary>
    private async Task OverAsync(string job, int failed)
    {
        string[] seen = [];
        await Eventually.TrueAsync(
            () => (seen = StatesAsync(job).GetAwaiter().GetResult().Split(' ')).Count(state => state == "Complete") >= 4 - failed && seen.All(state => state is "Complete" or "Failed"),
            $"the tasks of '{job}' are over");
        Assert.True(seen.Count(state => state == "Failed") == failed, await docker.ShellAsync("/", $"docker service ps --no-trunc {job}; for id in $(docker ps --all --quiet --filter name={job}.); do docker logs $id 2>&1; done"));
    }

    private Task<string> StatesAsync(string job) => docker.ShellAsync(
        "/", $"sleep 0.3; docker service ps {job} --format '{{{{.CurrentState}}}}' | cut -d' ' -f1 | sort | paste -sd' '");

    /// <summary>As the recipe says: by the image, in a container.</summary>
    private async Task<Summary> MergeAsync(string image)
    {
        var exit = await docker.ShellAsync(_folder.Path,
            $"docker run --rm --network none --user $(id -u):$(id -g) --volume $PWD:/bench {image} merge shards --out merged >&2; echo $?");
        var summary = RunFiles.ReadSummary(Directory.EnumerateDirectories(Path.Combine(_folder.Path, "merged"), "2*").Single());
        Assert.Equal($"{summary.ExitCode}", exit);
        return summary;
    }
}
