using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>Fast because wrong: a model that answers nonsense at full speed passes every gate on time and none on quality.</summary>
public sealed class QualityProbeTests : IDisposable
{
    private readonly CommandSession _session = new();

    public void Dispose() => _session.Dispose();

    [SkippableFact]
    public async Task Run_ReplicaServesAStaleModelForAWhile_FailsForThatWhileThoughLatencyHolds()
    {
        var summary = await Run("triage-v1", "{ at: 5s, for: 4s, fault: model.stale_version, select: { replica: 0 }, with: { model: " + Model("triage-undertrained") + " } }");

        Assert.Equal(RunVerdict.Fail, summary.Verdict);
        Assert.Equal(FindingVerdict.Pass, Finding(summary, "p90 e2e < 5s in fault").Verdict);
        Assert.Equal(FindingVerdict.Pass, Finding(summary, "canary_accuracy >= 80% in baseline").Verdict);
        Assert.Equal(FindingVerdict.Fail, Finding(summary, "canary_accuracy >= 80% in fault").Verdict);
        Assert.True(Finding(summary, "canary_accuracy >= 80% in recovery").Observed > 0.9);
    }

    [SkippableFact]
    public async Task Run_DamagedModel_FailsInEveryPhaseThoughLatencyHolds()
    {
        var summary = await Run("triage-damaged", "{ at: 5s, for: 4s, fault: input.typos, share: 10% }", perSecond: 10);

        Assert.Equal(RunVerdict.Fail, summary.Verdict);
        Assert.Equal(FindingVerdict.Pass, Finding(summary, "p90 e2e < 5s in fault").Verdict);
        foreach (var phase in new[] { "baseline", "fault", "recovery" })
        {
            Assert.Equal(FindingVerdict.Fail, Finding(summary, $"canary_accuracy >= 80% in {phase}").Verdict);
            Assert.Equal(FindingVerdict.Fail, Finding(summary, $"assertions_held >= 80% in {phase}").Verdict);
        }
    }

    /// <param name="perSecond">A model that never comes to an end leaves a small machine little for the generator.</param>
    private async Task<Summary> Run(string model, string fault, int perSecond = 20)
    {
        var file = _session.Folder.File("probes.yaml", $$"""
            version: 1
            seed: 7
            targets: { candidate: { type: onnx, model: {{Model(model)}}, replicas: 1, device: cpu } }
            prompts: { probes: {{Repository.Path("scenarios", "recorded", "canaries.jsonl")}} }
            scenarios:
              - name: probes
                workload: { open: { arrivals: constant, rate: {{perSecond}}/s } }
                # Canaries are spared by faults of the input; the second line is there to be hit.
                mix: [{ prompts: probes, role: canary, assert: { levenshtein: 95% } }, { prompts: probes, grade: none }]
                phases: { warmUp: 1s, baseline: 4s, fault: 4s, recovery: 4s }
                faults: [{{fault}}]
                gates:
                  - "p90 e2e < 5s in fault"
                  - "canary_accuracy >= 80% in baseline"
                  - "canary_accuracy >= 80% in fault"
                  - "canary_accuracy >= 80% in recovery"
                  - "assertions_held >= 80% in baseline"
                  - "assertions_held >= 80% in fault"
                  - "assertions_held >= 80% in recovery"
            """);
        await _session.RunAsync(file);
        Assert.True(Directory.Exists(_session.Runs), _session.Error);
        var summary = _session.Summary;
        Skip.If(summary.Generator.Limited.Count > 0, "this machine was too busy to judge anything: " + string.Concat(summary.Generator.Limited));
        return summary;
    }

    private static string Model(string name) => Repository.Path("scenarios", "models", name);

    private static Finding Finding(Summary summary, string objective) => summary.Findings.Single(finding => finding.Objective == objective);
}
