using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Tests.Support;

/// <summary>What every scheduler's recipe is tried on: one short run in four shards, whole and with its third shard lost.</summary>
internal static class FourShards
{
    public const string Scenario = "steady";
    public const string File = "s.yaml";

    public static void Write(TempFolder folder, ScriptedEndpoint endpoint)
    {
        folder.File("p.jsonl", string.Concat(Enumerable.Range(0, 30).Select(row => $$"""{"id":"p{{row}}","prompt":"Question number {{row}} about the invoice"}""" + "\n")));
        folder.File(File, $$"""
            version: 1
            targets: { remote: { type: openai, url: "{{endpoint.Url}}", model: scripted, requestTimeout: 20s } }
            prompts: { p: p.jsonl }
            scenarios:
              - name: {{Scenario}}
                workload: { open: { arrivals: poisson, rate: 20/s } }
                mix: [{ prompts: p }]
                phases: { warmUp: 0s, baseline: 8s }
                objectives: { e2e: 20s }
                gates: ["error_rate <= 50%"]
            """);
    }

    public static void AssertWhole(Summary merged)
    {
        Assert.Equal(FindingVerdict.Pass, merged.Findings.Single(finding => finding.Objective == "shards").Verdict);
        Assert.Equal(merged.Counts["arrivals"], merged.Counts["completed"]);
    }

    public static void AssertThirdIsMissing(Summary merged)
    {
        Assert.Equal((RunVerdict.Inconclusive, ExitCodes.Inconclusive), (merged.Verdict, merged.ExitCode));
        Assert.Contains(merged.Reasons, reason => reason.Contains("shard 3 of 4 stopped after", StringComparison.Ordinal));
        Assert.All(merged.Findings.Where(finding => finding.Kind == FindingKinds.Gate), gate => Assert.Equal(ReasonCodes.ShardMissing, gate.ReasonCode));
    }
}
