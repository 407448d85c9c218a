using ChaosBench.Reports.Judging;
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
        await OverAsync("whole", "Complete Complete Complete Complete");

        var summary = await MergeAsync(image, ExitCodes.Pass);

        Assert.Equal(FindingVerdict.Pass, summary.Findings.Single(finding => finding.Objective == "shards").Verdict);
        Assert.Equal(summary.Counts["arrivals"], summary.Counts["completed"]);
    }

    [SkippableFact]
    public async Task Job_OneShardKilled_MergeSaysWhichAndIsInconclusive()
    {
        var image = await docker.ImageAsync();
        await SubmitAsync("wounded", image);
        await Eventually.TrueAsync(() => _endpoint.Requests > 20, "the shards send");
        await docker.ShellAsync("/", "docker kill $(docker ps --quiet --filter name=wounded.3.)");
        await OverAsync("wounded", "Complete Complete Complete Failed");

        var summary = await MergeAsync(image, ExitCodes.Inconclusive);

        Assert.Equal((RunVerdict.Inconclusive, ExitCodes.Inconclusive), (summary.Verdict, summary.ExitCode));
        Assert.Contains(summary.Reasons, reason => reason.Contains("shard 3 of 4 stopped after", StringComparison.Ordinal));
        Assert.All(summary.Findings.Where(finding => finding.Kind == FindingKinds.Gate), gate => Assert.Equal(ReasonCodes.ShardMissing, gate.ReasonCode));
    }

    private async Task SubmitAsync(string job, string image)
    {
        await docker.JoinSwarmAsync();
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
        await docker.ShellAsync(_folder.Path,
            $"CHAOSBENCH_JOB={job} CHAOSBENCH_IMAGE={image} CHAOSBENCH_START_AT=$(date -u -d '+15 seconds' +%FT%TZ) {Repository.Path("docs", "shards", "swarm.sh")} 4 s.yaml steady");
    }

    /// <param name="states">Of its tasks, sorted.</param>
    private async Task OverAsync(string job, string states)
    {
        var seen = "";
        await Eventually.TrueAsync(
            () => (seen = StatesAsync(job).GetAwaiter().GetResult()).Split(' ').All(state => state is "Complete" or "Failed" or "Rejected" or "Shutdown"),
            $"the tasks of '{job}' are over");
        Assert.True(seen == states, await docker.ShellAsync("/", $"docker service ps --no-trunc {job}; for id in $(docker ps --all --quiet --filter name={job}.); do docker logs $id 2>&1; done"));
    }

    private Task<string> StatesAsync(string job) => docker.ShellAsync(
        "/", $"sleep 0.3; docker service ps {job} --format '{{{{.CurrentState}}}}' | cut -d' ' -f1 | sort | paste -sd' '");

    /// <summary>As the recipe says: by the image, in a container.</summary>
    private async Task<Summary> MergeAsync(string image, int exit)
    {
        var merged = await docker.ShellAsync(_folder.Path,
            $"docker run --rm --network none --user $(id -u):$(id -g) --volume $PWD:/work {image} merge shards --out merged --inconclusive keep >&2; echo $?");
        Assert.Equal($"{exit}", merged);
        return RunFiles.ReadSummary(Directory.EnumerateDirectories(Path.Combine(_folder.Path, "merged"), "2*").Single());
    }
}
