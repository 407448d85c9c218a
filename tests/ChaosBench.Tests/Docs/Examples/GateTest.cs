using ChaosBench.Engine;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Tests.Docs.Examples;

/// <summary>The build fails when the model no longer keeps its promises under load.</summary>
public sealed class GateTest
{
    [Fact]
    public async Task Model_UnderLoad_KeepsItsGates()
    {
        await using var target = new EchoTarget(); // or new OpenAiTarget(new OpenAiSettings { ... }), or what calls your own code
        var summary = await LoadTest.RunAsync("""
            version: 1
            targets: { mine: { type: openai, url: "http://127.0.0.1:8000/v1", model: my-model } }
            prompts: { questions: { generated: support-ticket } }
            scenarios: [{ workload: 100/s, phases: { baseline: 4s }, gates: ["p95 e2e < 2s", "error_rate <= 1%"] }]
            """, target);
        Assert.True(summary.Verdict != RunVerdict.Fail, summary.Headline); // inconclusive: this machine was too busy to tell
    }
}
