using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Packaging;

/// <summary>The smallest run that loads a model, sends, judges and writes every report.</summary>
internal static class TinyRun
{
    public static string Model { get; } = Repository.Path("scenarios", "models", "triage-v1");

    /// <param name="target">As in the scenario file.</param>
    public static string File(TempFolder folder, string target)
    {
        folder.File("p.jsonl", """{"id":"p1","prompt":"where is my desk lamp. order A-12345. regards, Karabo"}""" + "\n");
        return folder.File("tiny.yaml", $$"""
            version: 1
            targets: { it: {{target}} }
            prompts: { p: p.jsonl }
            scenarios:
              - name: tiny
                workload: { closed: { clients: 1 } }
                mix: [{ prompts: p, maxTokens: 8 }]
                phases: { warmUp: 0s, baseline: 1s }
                gates: ["error_rate <= 0%"]

            """);
    }

    public static void HoldsAPass(string runs)
    {
        var run = Directory.EnumerateDirectories(runs, "2*").Single();
        var summary = RunFiles.ReadSummary(run);
        Assert.True(summary.Verdict is RunVerdict.Pass, $"{summary.Verdict}: {string.Join("; ", summary.Reasons)}");
        Assert.True(summary.Counts["completed"] > 0);
        Assert.Contains("<!doctype html>", System.IO.File.ReadAllText(Path.Combine(run, "report.html")), StringComparison.OrdinalIgnoreCase);
    }
}
