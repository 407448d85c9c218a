using System.Text.Json;
using ChaosBench.Harness;
using ChaosBench.Harness.Commands;
using ChaosBench.Reports.Goldens;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Goldens;

/// <summary>The command line against the shipped models, and the gate of a run.</summary>
public sealed class GoldenCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RecordAndCheck_SameModelWorseModelAndOtherEmbedder_PassFailAndInconclusive()
    {
        Assert.Equal(0, await Call("golden", "record", Scenario(), Golden, "--cases", "12", "--embedder", Model("triage-v1")));
        Assert.Contains("polarity", _out.ToString(), StringComparison.Ordinal);

        Assert.Equal(0, await Check());
        Assert.Equal(1, await Check("--set", $"targets.candidate.model={Model("triage-damaged")}"));

        // A folder in the place of the embedder that is another model: the canaries tell.
        Edit(snapshot => snapshot with { Embedder = snapshot.Embedder with { Kind = "hashed", Place = "" } });
        Assert.Equal(2, await Check());
        Assert.Contains(GoldenReasons.OtherDimension, _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_EmbedderChanged_IsInconclusiveNeverAFail()
    {
        Assert.Equal(0, await Call("golden", "record", Scenario(), Golden, "--cases", "12"));
        var golden = GoldenFolder.Read(Golden);
        GoldenFolder.Write(Golden, golden with { CanaryVectors = [.. golden.CanaryVectors.Select(vector => vector.Reverse().ToArray())] });

        Assert.Equal(2, await Check("--json"));

        using var report = JsonDocument.Parse(_out.ToString());
        Assert.Equal(GoldenReasons.EmbedderChanged, report.RootElement.GetProperty("findings")[0].GetProperty("reasonCode").GetString());
    }

    [Fact]
    public async Task CheckAndShow_DamagedSnapshot_ExitThree()
    {
        Assert.Equal(0, await Call("golden", "record", Scenario(), Golden, "--cases", "12"));
        File.WriteAllBytes(Path.Combine(Golden, GoldenFolder.VectorsName), [1, 2, 3]);

        Assert.Equal(3, await Check());
        Assert.Equal(3, await Call("golden", "show", Golden));
        Assert.Equal(4, await Call("run", Scenario("golden: gold"), "--out", Runs));
    }

    [SkippableTheory]
    [InlineData("triage-v1", RunVerdict.Pass, "held")]
    [InlineData("triage-damaged", RunVerdict.Fail, "broken")]
    public async Task Run_GateOnSimilarity_JudgesTheAnswers(string model, RunVerdict verdict, string reason)
    {
        Assert.Equal(0, await Call("golden", "record", Scenario(), Golden, "--cases", "40", "--repeats", "3"));

        await Call("run", Scenario("golden: gold"), "--out", Runs, "--set", $"targets.candidate.model={Model(model)}");

        var summary = Summary();
        Assert.Equal(reason, summary.Findings.Single(finding => finding.Objective == "similarity within golden").ReasonCode);
        Assert.Equal(verdict, summary.Verdict);
    }

    [SkippableFact]
    public async Task Run_GateOnSimilarityWithAChangedEmbedder_IsInconclusive()
    {
        Assert.Equal(0, await Call("golden", "record", Scenario(), Golden, "--cases", "40", "--repeats", "3"));
        var golden = GoldenFolder.Read(Golden);
        GoldenFolder.Write(Golden, golden with { CanaryVectors = [.. golden.CanaryVectors.Select(vector => vector.Reverse().ToArray())] });

        Assert.Equal(2, await Call("run", Scenario("golden: gold"), "--out", Runs));

        Assert.Equal(GoldenReasons.EmbedderChanged, Summary().Findings.Single(finding => finding.Objective == "similarity within golden").ReasonCode);
    }

    private string Golden => Path.Combine(_folder.Path, "gold");

    private string Runs => Path.Combine(_folder.Path, "runs");

    private Summary Summary()
    {
        var summary = RunFiles.ReadSummary(Directory.EnumerateDirectories(Runs, "2*").Single());
        Skip.If(summary.Generator.Limited.Count > 0, "this machine was too busy to judge anything: " + string.Concat(summary.Generator.Limited));
        return summary;
    }

    private void Edit(Func<GoldenSnapshot, GoldenSnapshot> change)
    {
        var path = Path.Combine(Golden, GoldenFolder.SnapshotName);
        var golden = GoldenFolder.Read(Golden);
        RunFiles.Write(path, RunFiles.ToJson(change(golden.Snapshot)));
    }

    private string Scenario(string more = "") => _folder.File("golden.yaml", $$"""
        version: 1
        seed: 7
        targets: { candidate: { type: onnx, model: {{Model("triage-v1")}}, replicas: 1, device: cpu } }
        prompts: { tickets: { recorded: {{Repository.Path("scenarios", "recorded", "tickets.jsonl")}}, limit: 40 } }
        scenarios:
          - name: golden
            workload: { open: { arrivals: constant, rate: 15/s } }
            phases: { warmUp: 1s, baseline: 5s }
            objectives: { e2e: 10s }
            {{(more.Length == 0 ? "drain: 10s" : more + "\n    gates: [similarity within golden]")}}
        """);

    private Task<int> Check(params string[] more)
    {
        _out.GetStringBuilder().Clear();
        return Call(["golden", "check", Scenario(), Golden, "--cases", "12", .. more]);
    }

    private Task<int> Call(params string[] arguments) =>
        CommandLine.RunAsync(arguments, new Terminal(_out, _error), TimeProvider.System);

    private static string Model(string name) => Repository.Path("scenarios", "models", name);
}
