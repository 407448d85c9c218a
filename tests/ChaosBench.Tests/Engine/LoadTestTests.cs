using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Docs.Examples;

namespace ChaosBench.Tests.Engine;

public class LoadTestTests
{
    private const string Head = """
        version: 1
        targets: { mine: { type: openai, url: "http://127.0.0.1:8000/v1", model: my-model } }
        prompts: { questions: { generated: support-ticket } }

        """;

    [Fact]
    public async Task RunAsync_AGateThatNothingKeeps_NeverPasses()
    {
        await using var target = new EchoTarget();

        var summary = await LoadTest.RunAsync(Head + "scenarios: [{ workload: 200/s, phases: { warmUp: 0s, baseline: 2s }, gates: [\"p50 e2e < 1us\"] }]", target);

        // A busy machine is late and says so: then it is inconclusive.
        Assert.True(summary.Verdict is RunVerdict.Fail or RunVerdict.Inconclusive, summary.Headline);
        var gate = summary.Findings.Single(finding => finding.Kind == "gate");
        Assert.True(gate.Observed > 1e-6, gate.Advice);
        Assert.Equal(summary.Counts["arrivals"], summary.Counts["completed"]);
    }

    [Theory]
    [InlineData("scenarios: [{ workload: fast }]", "scenario:4:25:")]
    [InlineData("scenarios: [{ name: a, workload: 20/s }, { name: b, workload: 20/s }]", "there are 2 scenarios")]
    [InlineData("scenarios: [{ workload: 20/s, phases: { warmUp: 0s, baseline: 2s, fault: 2s }, faults: [{ at: 2s, fault: input.null_bytes }] }]", "it has faults")]
    [InlineData("scenarios: [{ workload: 20/s, prompts: nowhere.jsonl }]", "unknown key 'prompts'")]
    public async Task RunAsync_NoSuchScenario_SaysWhyAndAsksNobody(string scenarios, string part)
    {
        var problem = await Assert.ThrowsAsync<ArgumentException>(() => LoadTest.RunAsync(Head + scenarios, new NullTarget()));

        Assert.Contains(part, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ABaselineThatTheScenarioLacks_IsRefused()
    {
        await using var target = new NullTarget();
        await using var other = new EchoTarget();

        var problem = await Assert.ThrowsAsync<ArgumentException>(() => LoadTest.RunAsync(Head + "scenarios: [{ workload: 20/s }]", target, other));
        var twins = await Assert.ThrowsAsync<ArgumentException>(() => LoadTest.RunAsync(Head + "scenarios: [{ workload: 20/s }]", target, target));

        Assert.Contains("it has no baseline, and one was handed over", problem.Message, StringComparison.Ordinal);
        Assert.Contains("both targets are called", twins.Message, StringComparison.Ordinal);
    }
}
