using ChaosBench.Harness;
using ChaosBench.Harness.Commands;
using ChaosBench.Harness.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Judging;

/// <summary>A judge behind HTTP: one that is good, one that talks nonsense, one that is not there.</summary>
public sealed class JudgeRunTests : IAsyncLifetime, IDisposable
{
    private const string Gate = "judged_right >= 60%";

    private readonly TempFolder _folder = new();
    private readonly StringWriter _error = new();
    private ScriptedEndpoint _candidate = null!;
    private ScriptedEndpoint _judge = null!;

    public async Task InitializeAsync() => (_candidate, _judge) = (await ScriptedEndpoint.StartAsync(), await ScriptedEndpoint.StartAsync());

    public async Task DisposeAsync()
    {
        await _candidate.DisposeAsync();
        await _judge.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData("42", FindingVerdict.Pass, "held")]
    [InlineData("41", FindingVerdict.Fail, "broken")]
    public async Task Run_GoodJudge_TellsRightFromWrong(string answer, FindingVerdict verdict, string reason)
    {
        _candidate.Answer = answer;
        _judge.AnswerOf = asked => asked.Contains("\\n42\\n", StringComparison.Ordinal) ? "**PASS**" : "FAIL.";

        var finding = await Run();

        Assert.Equal((verdict, reason), (finding.Verdict, finding.ReasonCode));
    }

    [SkippableFact]
    public async Task Run_JudgeTalksNonsense_IsInconclusive()
    {
        _judge.Answer = "bananas";

        Assert.Equal("judge-nonsense", (await Run()).ReasonCode);
    }

    [SkippableFact]
    public async Task Run_JudgeAnswersErrorsOnly_IsInconclusive()
    {
        _judge.Status = 500;

        Assert.Equal("judge-unavailable", (await Run()).ReasonCode);
    }

    [SkippableFact]
    public async Task Run_JudgeIsNotThere_IsInconclusive()
    {
        var file = Scenario();
        await _judge.DisposeAsync();

        Assert.Equal("judge-unavailable", (await Run(file)).ReasonCode);
    }

    [SkippableFact]
    public async Task Run_JudgeThatCallsEverythingRight_IsACoin()
    {
        _judge.Answer = "PASS";

        Assert.Equal("judge-no-better-than-a-coin", (await Run()).ReasonCode);
    }

    [Fact]
    public async Task Run_TooFewKnownCases_ExitsFourAndSaysSo()
    {
        var file = Scenario();
        _folder.File("known.jsonl", """{"question":"q","answer":"42","right":true}""");

        Assert.Equal(4, await Call(file));
        Assert.Contains("1 known right and 0 known wrong answers", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, _candidate.Requests + _judge.Requests);
    }

    [Fact]
    public async Task Run_KnownCaseThatIsNone_ExitsFourAtItsLine()
    {
        var file = Scenario();
        _folder.File("known.jsonl", "{\"question\":\"q\",\"answer\":\"42\",\"right\":true}\n{\"question\":1}\n");

        Assert.Equal(4, await Call(file));
        Assert.Contains("known.jsonl:2: not a known case", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_JudgeOnAForeignHost_NeedsTheOperator()
    {
        var file = Scenario();
        File.WriteAllText(file, File.ReadAllText(file).Replace(_judge.Url, "http://judge.test:8000/v1", StringComparison.Ordinal));

        Assert.Equal(4, await Call(file));
        Assert.Contains("--allow-host judge.test:8000", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PASS", true)]
    [InlineData(" fail\n", false)]
    [InlineData("**Pass.**", true)]
    [InlineData("The verdict is: FAIL", false)]
    [InlineData("PASS or FAIL?", null)]
    [InlineData("passable", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Read_Reply_IsAVerdictOrNone(string? reply, bool? right) => Assert.Equal(right, JudgeTalk.Read(reply));

    private async Task<Finding> Run(string? file = null)
    {
        await Call(file ?? Scenario());
        var summary = RunFiles.ReadSummary(Directory.EnumerateDirectories(Path.Combine(_folder.Path, "runs"), "2*").Single());
        Skip.If(summary.Generator.Limited.Count > 0, "this machine was too busy to judge anything: " + string.Concat(summary.Generator.Limited));
        return summary.Findings.Single(finding => finding.Objective == Gate);
    }

    private async Task<int> Call(string file)
    {
        using var output = new StringWriter();
        return await CommandLine.RunAsync(["run", file, "--out", Path.Combine(_folder.Path, "runs")], new Terminal(output, _error), TimeProvider.System);
    }

    private string Scenario()
    {
        _folder.File("prompts.jsonl", """{"id":"a","prompt":"What is 6 times 7?"}""" + "\n");
        _folder.File("known.jsonl", string.Concat(Enumerable.Range(0, 24).Select(at =>
            $$"""{"question":"What is 6 times 7? ({{at}})","answer":"{{(at % 2 == 0 ? 42 : at)}}","right":{{(at % 2 == 0 ? "true" : "false")}}}""" + "\n")));
        return _folder.File("judged.yaml", $$"""
            version: 1
            seed: 7
            targets:
              candidate: { type: openai, url: "{{_candidate.Url}}", model: scripted }
              grader: { type: openai, url: "{{_judge.Url}}", model: scripted, requestTimeout: 10s }
            prompts: { sums: prompts.jsonl }
            scenarios:
              - name: judged
                target: candidate
                workload: { open: { arrivals: constant, rate: 15/s } }
                phases: { warmUp: 0s, baseline: 4s }
                objectives: { e2e: 20s }
                judge: { target: grader, criteria: "The answer is the right number.", calibration: known.jsonl, repeats: 1, answers: 40 }
                gates: ["{{Gate}}"]
            """);
    }
}
