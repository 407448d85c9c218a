using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>The hypothesis of whole runs against a scripted endpoint: the gate before the first fault, and what no service may say.</summary>
public sealed class HypothesisRunTests : IAsyncLifetime, IDisposable
{
    private readonly CommandSession _session = new();
    private ScriptedEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("{ fault: stream.cut }", "steadyState: [ \"error_rate <= 10%\" ]", "of 57 requests failed")]
    [InlineData("{ fault: stream.cut }", "", "requests of the baseline phase failed")]
    [InlineData("{ fault: input.typos }", "steadyState: [ \"error_rate <= 10%\" ]", "requests failed in the baseline phase")]
    public async Task Run_UnsteadyBaseline_IsInconclusiveAndInjectsNothing(string fault, string steady, string why)
    {
        _endpoint.Status = 500;

        Assert.Equal(2, await _session.RunAsync(Scenario(fault, steady, baseline: "3s")));

        var summary = _session.Summary;
        Assert.Equal(RunVerdict.Inconclusive, summary.Verdict);
        Assert.Equal(HealState.NotNeeded, summary.Healed);
        Assert.StartsWith("Nothing was injected, because the baseline was not steady:", summary.Reasons[0], StringComparison.Ordinal);
        Assert.Contains(why.Replace("of 57 ", "", StringComparison.Ordinal), summary.Reasons[0], StringComparison.Ordinal);
        Assert.Empty(Events().OfType<JournalEvent.Injection>());
        Assert.Empty(Events().OfType<JournalEvent.FaultTransition>());
        Assert.Equal(0, summary.Faults[0].Applied);
        Assert.DoesNotContain(_session.Observations(), seen => seen.Sent is not null && seen.Faults.Count > 0);
    }

    [Fact]
    public async Task Run_SteadyBaseline_GoesThroughTheGate()
    {
        await _session.RunAsync(Scenario("{ fault: http.500 }", "steadyState: [ \"error_rate <= 10%\" ]", baseline: "3s"));

        Assert.Contains(Events().OfType<JournalEvent.FaultTransition>(), move => move.State == FaultState.Active);
        Assert.True(_session.Summary.Faults[0].Applied > 0);
    }

    [Fact]
    public async Task Run_AnswersThatNoServiceMayGive_FailIt()
    {
        // The first prompt gets the answer of the second, the second half of its own, the third a number that is none.
        _endpoint.AnswerOf = body => body.Contains("CANARY-0001", StringComparison.Ordinal) ? "about CANARY-0002"
            : body.Contains("CANARY-0002", StringComparison.Ordinal) ? "the capital" : "{\"score\": NaN}";
        _session.Folder.File("prompts.jsonl", """
            {"id":"one","prompt":"Say something about CANARY-0001","expected":"something about CANARY-0001"}
            {"id":"two","prompt":"Say something about CANARY-0002","expected":"the capital of France"}
            {"id":"three","prompt":"Score this","expected":"{\"score\": 1}"}
            """ + "\n");

        var code = await _session.RunAsync(Scenario("{ fault: http.slow_headers }", "", grader: ", grade: exact"), "--no-content");

        Assert.True(code == 1, _session.Error);

        var broken = _session.Summary.Findings.Where(finding => finding is { Kind: FindingKinds.Hypothesis, Verdict: FindingVerdict.Fail })
            .Select(finding => finding.Objective);
        Assert.Equal(
            ["no partial answer presented as complete", "no NaN in an answer", "no answer of another request"], broken.Take(3));
        Assert.DoesNotContain("CANARY-000", _session.Everything(), StringComparison.Ordinal);
    }

    private IReadOnlyList<JournalEvent> Events()
    {
        using var journal = JournalFile.Open(_session.RunPath);
        return [.. journal.Events()];
    }

    private string Scenario(string fault, string steady, string baseline = "600ms", string grader = "")
    {
        if (!File.Exists(Path.Combine(_session.Folder.Path, "prompts.jsonl")))
        {
            _session.Folder.File("prompts.jsonl", """{"id":"a","prompt":"What is 6 times 7?"}""" + "\n");
        }

        return _session.Folder.File("run.yaml", $$"""
            version: 1
            targets: { it: { type: openai, url: "{{_endpoint.Url}}", model: scripted } }
            prompts: { sums: prompts.jsonl }
            scenarios:
              - workload: { open: { arrivals: constant, rate: 20/s } }
                mix: [ { prompts: sums, stream: true, maxTokens: 64{{grader}} } ]
                phases: { warmUp: 0s, baseline: {{baseline}}, fault: 800ms, recovery: 400ms }
                faults: [ {{fault}} ]
                {{steady}}
            """);
    }
}
