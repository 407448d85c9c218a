using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Scenarios.Files;

public sealed class ScenarioReaderTests
{
    internal const string Full = """
        version: 1
        seed: 20261120
        targets:
          stable:    { type: onnx, model: scenarios/models/triage-v1, replicas: 2, device: auto }
          candidate: { type: onnx, model: scenarios/models/triage-v2, replicas: 3, device: "cuda:1", maxBatch: 8, queueLimit: 32, contextStore: none, requestTimeout: 5s }
          staging:   { type: openai, url: "${STAGING_URL}", apiKey: "${STAGING_KEY}", model: qwen2.5-0.5b-instruct }
          azure:
            url: https://example.openai.azure.com/openai/deployments/d
            model: gpt-4o
            api: completions
            apiVersion: "2024-10-21"
            headers: { X-Team: search, Authorization: "Bearer ${TOKEN}" }
            caCertificate: ca.pem
            clientCertificate: /etc/client.pem
            clientKey: client.key
            proxy: http://127.0.0.1:3128
            requestTimeout: 90s
            budget: { requests: 1000, tokens: 200000, cost: 2.5, inputPrice: 0.15, outputPrice: 0.6 }
            retryAfter: honor
            usage: each
            tokenizer: models/gpt
        prompts:
          tickets:  { recorded: scenarios/recorded/tickets.jsonl, format: prompt-lines, limit: 50 }
          mischief: { adversarial: [unicode, flooding, injection, malformed], from: tickets, corpora: corpora/blns.json }
          fresh:    { generated: support-ticket, locales: [en, de, ja], count: 10 }
          canaries: scenarios/recorded/canaries.jsonl
        allow: { hosts: ["example.openai.azure.com:443"], environment: [TOKEN], exec: false }
        scenarios:
          - name: steady-with-mischief
            description: Steady load, some of it hostile
            targets: { baseline: stable, candidate: candidate }
            workload: { open: { arrivals: poisson, rate: 40/s } }
            mix:
              - { prompts: tickets,  weight: 80, temperature: [0, 0.7], maxTokens: 48, stream: true, batch: [1, 8], grade: json-fields }
              - { prompts: mischief, weight: 15 }
              - { prompts: canaries, weight: 5, role: canary }
              - fresh
            phases: { warmUp: 5s, baseline: 20s, fault: 20s, recovery: 15s }
            faults:
              - { at: 25s, for: 10s, fault: node.kill, select: { replica: 1 }, expect: { detectedWithin: 2s, recoveredWithin: 10s } }
              - { at: 25s, for: 20s, fault: dependency.latency, select: { dependency: context-store }, share: 30%, with: { p50: 80ms, p99: 900ms }, id: slow-store, minExposure: 20 }
              - { fault: input.null_bytes, select: { prompts: tickets }, with: { count: 3 } }
            objectives: { ttft: 800ms, e2e: 2s, tpot: 50ms }
            steadyState: [ "attainment >= 95%", "p99 ttft < 800ms" ]
            abort: [ "error_rate > 50% for 5s" ]
            gates:
              - "p99 e2e <= +5% vs baseline"
              - guard: "accuracy >= -1pp vs baseline"
              - info: "p99 ttft_ok < 1s in fault"
              - "residual_recovery <= 10s"
            drain: 10s
        """;

    [Fact]
    public void Read_SmallestFile_FillsInEveryDefault()
    {
        var suite = Some.Suite(Some.Smallest);

        var scenario = Assert.Single(suite.Scenarios);
        Assert.True(Some.Smallest.Split('\n').Length < 10);
        Assert.Equal(1UL, suite.Seed);
        Assert.Equal("scenario-1", scenario.Name);
        Assert.Equal(new Workload.Open(new ArrivalProcess.Poisson(new Rate(20))), scenario.Workload);
        Assert.Equal(new Target.Onnx { Name = "candidate", Model = "models/triage", ContextStore = new(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(250)) }, scenario.Candidate);
        Assert.Null(scenario.Baseline);
        Assert.Equal(new PromptSet.Recorded { Name = "tickets", Path = "recorded/tickets.jsonl" }, Assert.Single(scenario.Mix).Prompts);
        Assert.Equal(new PhaseDurations(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), TimeSpan.Zero, TimeSpan.Zero), scenario.Phases);
        Assert.Equal(TimeSpan.FromSeconds(30), scenario.Drain);
        Assert.Equal("p99 ttft < 800ms", Assert.Single(scenario.Gates).Text);
        Assert.Equal(64, suite.Sha256.Length);
    }

    [Fact]
    public void Read_EveryDocumentedForm_IsUnderstood()
    {
        var suite = Some.Suite(Full);
        var scenario = Assert.Single(suite.Scenarios);

        Assert.Equal(20261120UL, suite.Seed);
        Assert.Equal("stable", scenario.Baseline!.Name);
        var candidate = Assert.IsType<Target.Onnx>(scenario.Candidate);
        Assert.Equal(("cuda:1", 3, 8, 32), (candidate.Device, candidate.Replicas, candidate.MaxBatch, candidate.QueueLimit));
        Assert.Null(candidate.ContextStore);
        Assert.Equal(TimeSpan.FromSeconds(5), candidate.RequestTimeout);
        Assert.Equal([80, 15, 5, 1], scenario.Mix.Select(entry => entry.Weight));
        Assert.Equal([0, 0.7], scenario.Mix[0].Temperatures);
        Assert.Equal([1, 8], scenario.Mix[0].Batch);
        Assert.Equal(GraderKind.JsonFields, scenario.Mix[0].Grader);
        Assert.Equal(PromptRole.Canary, scenario.Mix[2].Role);
        var mischief = Assert.IsType<PromptSet.Adversarial>(scenario.Mix[1].Prompts);
        Assert.Equal("tickets", mischief.From!.Name);
        Assert.Equal(["corpora/blns.json"], mischief.Corpora);
        Assert.Equal(["node.kill-1", "slow-store", "input.null_bytes-3"], scenario.Faults.Select(fault => fault.Id));
        Assert.Equal(TimeSpan.FromSeconds(10), scenario.Faults[0].RecoveredWithin);
        Assert.Equal(("0.08", "0.9"), (scenario.Faults[1].With["p50"], scenario.Faults[1].With["p99"]));
        Assert.Equal(new Share(0.3), scenario.Faults[1].Share);
        Assert.Equal((TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(20)), (scenario.Faults[2].At, scenario.Faults[2].For));
        Assert.Equal([GateKind.Gate, GateKind.Guard, GateKind.Info, GateKind.Gate], scenario.Gates.Select(gate => gate.Kind));
        Assert.Equal(TimeSpan.FromSeconds(5), Assert.Single(scenario.Abort).For);
        Assert.Equal(["example.openai.azure.com:443"], suite.Requested.Hosts);
    }

    [Fact]
    public void Read_OpenAiTarget_KeepsVariablesUnresolved()
    {
        var text = Full.Replace("targets: { baseline: stable, candidate: candidate }", "target: azure", StringComparison.Ordinal)
            .Replace("- { at: 25s, for: 10s, fault: node.kill, select: { replica: 1 }, expect: { detectedWithin: 2s, recoveredWithin: 10s } }", "", StringComparison.Ordinal)
            .Replace("- { at: 25s, for: 20s, fault: dependency.latency, select: { dependency: context-store }, share: 30%, with: { p50: 80ms, p99: 900ms }, id: slow-store, minExposure: 20 }", "", StringComparison.Ordinal)
            .Replace("- \"p99 e2e <= +5% vs baseline\"", "", StringComparison.Ordinal)
            .Replace("- guard: \"accuracy >= -1pp vs baseline\"", "", StringComparison.Ordinal);

        var azure = Assert.IsType<Target.OpenAi>(Assert.Single(Some.Suite(text).Scenarios).Candidate);

        Assert.Equal(OpenAiApi.Completions, azure.Api);
        Assert.Equal("2024-10-21", azure.ApiVersion);
        Assert.Equal("Bearer ${TOKEN}", azure.Headers["Authorization"].Template);
        Assert.Equal(new Budget(1000, 200_000, 2.5, 0.15, 0.6), azure.Budget);
        Assert.Equal(RetryAfterPolicy.Honor, azure.RetryAfter);
        Assert.Equal(UsageReport.Each, azure.Usage);
        Assert.EndsWith("models/gpt", azure.Tokenizer, StringComparison.Ordinal);
        Assert.Equal(("ca.pem", "/etc/client.pem", "client.key"), (azure.CaCertificate, azure.ClientCertificate, azure.ClientKey));
    }

    [Fact]
    public void Read_EveryMutatorAndLocaleOfTheCatalogues_IsKnown()
    {
        var options = new ReadOptions { Faults = Some.Faults };
        Assert.NotEmpty(options.Mutators);
        Assert.NotEmpty(options.Locales);
        foreach (var mutators in options.Mutators.Chunk(50))
        {
            Some.Suite(Replaced($"adversarial: [{string.Join(", ", mutators)}], from: own"), options);
        }

        foreach (var locales in options.Locales.Chunk(50))
        {
            Some.Suite(Replaced($"generated: {options.Generators.First()}, locales: [{string.Join(", ", locales)}]"), options);
        }
    }

    private static string Replaced(string set) => Some.Smallest.Replace(
        "tickets: recorded/tickets.jsonl", $"own: own.jsonl\n  tickets: {{ {set} }}", StringComparison.Ordinal)
        .Replace("rate: 20/s", "rate: 20/s\n    mix: [tickets]", StringComparison.Ordinal);
}
