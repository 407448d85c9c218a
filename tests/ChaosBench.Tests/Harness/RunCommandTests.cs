using System.Text.Json;
using ChaosBench.Harness;
using ChaosBench.Harness.Commands;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>The whole line through the command: file, plan, run, journal, verdict, reports, exit code.</summary>
public sealed class RunCommandTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();
    private ScriptedEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_GatesHold_ExitsZeroWithEveryReport()
    {
        Assert.Equal(0, await Run(Scenario(gates: "\"error_rate <= 20%\", \"accuracy >= 50%\"")));

        var summary = Summary();
        Assert.Equal(RunVerdict.Pass, summary.Verdict);
        Assert.Equal(summary.Counts["arrivals"], summary.Counts.Where(count => count.Key != "arrivals").Sum(count => count.Value));
        Assert.Equal(_endpoint.Requests, (int)summary.Counts["arrivals"]);
        foreach (var file in new[] { "manifest.json", "journal.jsonl.gz", "summary.json", "report.html", "report.md", "junit.xml" })
        {
            Assert.True(File.Exists(Path.Combine(RunPath(), file)), file);
        }
    }

    [Fact]
    public async Task Run_NoGates_ReportsAndExitsZero() => Assert.Equal(0, await Run(Scenario()));

    [Fact]
    public async Task Run_AnswersAreWrong_ExitsOneAndSaysWhy()
    {
        _endpoint.Answer = "41";

        Assert.Equal(1, await Run(Scenario(gates: "\"accuracy >= 90%\"")));

        var finding = Summary().Findings.Single(found => found.Objective == "accuracy >= 90%");
        Assert.Equal(FindingVerdict.Fail, finding.Verdict);
        Assert.Contains("0 %", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_CandidateUnreachable_ExitsOne()
    {
        var file = Scenario(gates: "\"error_rate <= 20%\"");
        await _endpoint.DisposeAsync();

        Assert.Equal(1, await Run(file));
        Assert.Contains("must not be promoted", Summary().Headline, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TooFewSamples_ExitsTwoAndSaysHowManyItTakes()
    {
        Assert.Equal(2, await Run(Scenario(gates: "\"p99 e2e < 30s\"")));
        Assert.Contains("299", Summary().Findings.Single(found => found.Objective == "p99 e2e < 30s").Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fail", 1)]
    [InlineData("warn", 0)]
    [InlineData("pass", 0)]
    public async Task Run_InconclusiveWithPolicy_ExitsAsAsked(string policy, int expected)
    {
        Assert.Equal(expected, await Run(Scenario(gates: "\"p99 e2e < 30s\""), "--inconclusive", policy));
        Assert.Equal(RunVerdict.Inconclusive, Summary().Verdict);
    }

    [Fact]
    public async Task Run_AbortConditionHolds_ExitsThree()
    {
        _endpoint.Status = 500;

        Assert.Equal(3, await Run(Scenario(baseline: "20s", extra: "abort: [\"error_rate > 50% for 1s\"]")));

        var summary = Summary();
        Assert.Equal(RunVerdict.Aborted, summary.Verdict);
        Assert.True(summary.Counts["not-sent"] > 0);
    }

    [Fact]
    public async Task Run_AbortCommand_ExitsThree()
    {
        var run = Run(Scenario(baseline: "60s"));
        while (_endpoint.Requests == 0)
        {
            await Task.Yield();
        }

        Assert.Equal(0, await Call("abort", Path.Combine(_folder.Path, "runs", "latest")));

        Assert.Equal(3, await run);
        Assert.Contains("abort", Summary().Headline, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Run_BaselineUnreachable_ExitsThree()
    {
        var file = _folder.File("ab.yaml", $$"""
            version: 1
            targets:
              gone: { type: openai, url: "http://127.0.0.1:9/v1", model: none }
              fresh: { type: openai, url: "{{_endpoint.Url}}", model: scripted }
            prompts: { sums: prompts.jsonl }
            scenarios:
              - targets: { baseline: gone, candidate: fresh }
                workload: 30/s
                phases: { warmUp: 0s, baseline: 4s }
            """);
        Prompts();
        Assert.Equal(3, await Call("run", file, "--out", Path.Combine(_folder.Path, "runs")));
    }

    [Theory]
    [InlineData("gates: [\"p99 ttft < 800\"]", "unit")]
    [InlineData("gatez: []", "gates")]
    [InlineData("faults: [{ fault: node.kill }]", "onnx")]
    public async Task Run_BadFile_ExitsFourSaysWhereAndSendsNothing(string line, string remedy)
    {
        Assert.Equal(4, await Run(Scenario(extra: line)));
        Assert.Contains("chaos.yaml", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains(remedy, _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, _endpoint.Requests);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "runs")));
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run", "nosuch.yaml")]
    [InlineData("frobnicate")]
    [InlineData("run", "nosuch.yaml", "--seed", "many")]
    public async Task Call_BadUsage_ExitsFour(params string[] arguments) => Assert.Equal(4, await Call(arguments));

    [Fact]
    public async Task Run_UnwritableOut_ExitsFourBeforeAnythingIsSent()
    {
        var blocked = _folder.File("file-in-the-way", "");

        Assert.Equal(4, await Call("run", Scenario(), "--out", blocked));
        Assert.Contains("--out", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, _endpoint.Requests);
    }

    [Fact]
    public async Task Report_AfterARun_RebuildsEveryFileByteForByte()
    {
        await Run(Scenario(gates: "\"error_rate <= 20%\""));
        string[] names = ["summary.json", "report.html", "report.md", "junit.xml"];
        var before = names.ToDictionary(name => name, name => File.ReadAllBytes(Path.Combine(RunPath(), name)));
        foreach (var name in names)
        {
            File.Delete(Path.Combine(RunPath(), name));
        }

        Assert.Equal(0, await Call("report", RunPath()));

        foreach (var name in names)
        {
            Assert.Equal(before[name], File.ReadAllBytes(Path.Combine(RunPath(), name)));
        }
    }

    [Fact]
    public async Task Run_KeyInTheEnvironment_StaysOutOfEveryFile()
    {
        const string Secret = "sk-very-secret-4711";
        Environment.SetEnvironmentVariable("CHAOSBENCH_TEST_KEY", Secret);
        _endpoint.Status = 401;

        await Run(Scenario(target: "apiKey: \"${CHAOSBENCH_TEST_KEY}\", "), "--allow-env", "CHAOSBENCH_TEST_KEY");

        foreach (var file in Directory.EnumerateFiles(RunPath()).Where(file => !file.EndsWith(".gz", StringComparison.Ordinal)))
        {
            Assert.DoesNotContain(Secret, await File.ReadAllTextAsync(file), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Secret, _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("${CHAOSBENCH_TEST_KEY}", await File.ReadAllTextAsync(Path.Combine(RunPath(), "manifest.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_KeyNotAllowed_ExitsFourWithTheOption()
    {
        Assert.Equal(4, await Run(Scenario(target: "apiKey: \"${CHAOSBENCH_TEST_KEY}\", ")));
        Assert.Contains("--allow-env CHAOSBENCH_TEST_KEY", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ForeignHost_ExitsFourUnlessAllowed()
    {
        var file = _folder.File("remote.yaml", """
            version: 1
            targets: { staging: { type: openai, url: "http://example.test:8000/v1", model: m } }
            prompts: { sums: prompts.jsonl }
            scenarios: [ { workload: 1/s } ]
            """);
        Prompts();
        Assert.Equal(4, await Call("run", file));
        Assert.Contains("--allow-host example.test:8000", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_SameSeed_PrintsTheSameAndOtherSeedsDiffer()
    {
        var file = Scenario();
        Assert.Equal(0, await Call("plan", file, "--seed", "1"));
        var first = _out.ToString();
        _out.GetStringBuilder().Clear();
        await Call("plan", file, "--seed", "1");
        Assert.Equal(first, _out.ToString());
        _out.GetStringBuilder().Clear();
        await Call("plan", file, "--seed", "2");
        Assert.NotEqual(first, _out.ToString());
        Assert.Equal(0, _endpoint.Requests);
    }

    [Fact]
    public async Task Run_Json_PrintsOnlyJsonOnStandardOutput()
    {
        await Run(Scenario(), "--json");
        using var document = JsonDocument.Parse(_out.ToString());
        Assert.Equal("pass", document.RootElement[0].GetProperty("verdict").GetString());
    }

    private string Scenario(string baseline = "4s", string gates = "", string extra = "", string target = "")
    {
        Prompts();
        return _folder.File("chaos.yaml", $$"""
            version: 1
            seed: 7
            targets: { remote: { type: openai, {{target}}url: "{{_endpoint.Url}}", model: scripted, requestTimeout: 10s } }
            prompts: { sums: prompts.jsonl }
            scenarios:
              - name: sums
                workload: { open: { arrivals: constant, rate: 30/s } }
                phases: { warmUp: 0s, baseline: {{baseline}} }
                objectives: { e2e: 20s }
                {{(extra.Length > 0 ? extra : "drain: 10s")}}
                gates: [{{gates}}]
            """.Replace("gates: []\n", "", StringComparison.Ordinal));
    }

    private void Prompts() => _folder.File("prompts.jsonl", """{"id":"a","prompt":"What is 6 times 7?","expected":"42"}""" + "\n");

    private Task<int> Run(string file, params string[] more) =>
        Call(["run", file, "--out", Path.Combine(_folder.Path, "runs"), .. more]);

    private Task<int> Call(params string[] arguments) =>
        CommandLine.RunAsync(arguments, new Terminal(_out, _error), TimeProvider.System);

    private string RunPath() => Directory.EnumerateDirectories(Path.Combine(_folder.Path, "runs"), "2*").Single();

    private Summary Summary() => RunFiles.ReadSummary(RunPath());
}
