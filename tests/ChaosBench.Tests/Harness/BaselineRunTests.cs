using ChaosBench.Reports.Baselines;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>A run beside a named baseline, from the command line to the verdict.</summary>
public sealed class BaselineRunTests : IAsyncLifetime, IDisposable
{
    /// <summary>The latency of a busy machine is not what these tests are about.</summary>
    private static readonly string[] AnyLatency = ["--baseline", "main", "--margin", "100%", "--points", "10%"];

    private readonly CommandSession _session = new();
    private ScriptedEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Run_AnswersWrongWhereTheBaselineWasRight_Fails()
    {
        await PromotedAsync();
        _endpoint.Answer = "41";

        Assert.Equal(1, await _session.CallAsync(["run", Scenario(), "--out", _session.Runs, .. AnyLatency]));

        var summary = RunFiles.ReadSummary(Latest);
        var accuracy = summary.Findings.Single(finding => finding.Objective == "accuracy >= -10pp vs baseline 'main'");
        Assert.Equal((FindingVerdict.Fail, FindingKinds.Baseline, ReasonCodes.Broken), (accuracy.Verdict, accuracy.Kind, accuracy.ReasonCode));
        Assert.Equal((-100, 1), (accuracy.Observed, accuracy.BaselineObserved));
        Assert.Contains("must not be promoted", summary.Headline, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_OfARunBesideABaseline_StaysWhatItWasWhenTheBaselineIsGone()
    {
        await PromotedAsync();
        await _session.CallAsync(["run", Scenario(), "--out", _session.Runs, .. AnyLatency]);
        var run = Directory.ResolveLinkTarget(Latest, returnFinalTarget: true)!.FullName;
        var before = Files(run);
        Assert.Contains(before, file => file.Name == "report.md" && file.Text.Contains("vs baseline 'main'", StringComparison.Ordinal));
        foreach (var other in Directory.EnumerateDirectories(_session.Runs).Where(folder => folder != run && new DirectoryInfo(folder).LinkTarget is null).ToList())
        {
            Directory.Delete(other, recursive: true);
        }

        RunFolder.Rebuild(run);

        Assert.Equal(before, Files(run));
    }

    [Fact]
    public async Task Run_NoBaselineOfThatName_SendsNothing()
    {
        Assert.Equal(4, await _session.CallAsync(["run", Scenario(), "--out", _session.Runs, .. AnyLatency]));

        Assert.Equal(0, _endpoint.Requests);
        Assert.Contains("there is no baseline 'main'", _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_BaselineDamaged_SendsNothing()
    {
        await PromotedAsync();
        var sent = _endpoint.Requests;
        File.AppendAllText(Path.Combine(_session.Runs, Assert.Single(new BaselineBook(_session.Runs).Current()).Run, "manifest.json"), " ");

        Assert.Equal(4, await _session.CallAsync(["run", Scenario(), "--out", _session.Runs, .. AnyLatency]));

        Assert.Equal(sent, _endpoint.Requests);
        Assert.Contains("is not what was promoted", _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NameOfAnotherScenarioOnly_IsInconclusive()
    {
        await PromotedAsync();

        Assert.Equal(2, await _session.CallAsync(["run", Scenario("others"), "--out", _session.Runs, .. AnyLatency]));

        var finding = RunFiles.ReadSummary(Latest).Findings.Single(one => one.Kind == FindingKinds.Baseline);
        Assert.Equal((FindingVerdict.Inconclusive, ReasonCodes.BaselineMissing), (finding.Verdict, finding.ReasonCode));
    }

    [Fact]
    public async Task Run_OtherLoadThanTheBaseline_IsInconclusive()
    {
        await PromotedAsync();

        Assert.Equal(2, await _session.CallAsync(["run", Scenario(rate: 20), "--out", _session.Runs, .. AnyLatency]));

        var finding = RunFiles.ReadSummary(Latest).Findings.Single(one => one.Kind == FindingKinds.Baseline);
        Assert.Equal((FindingVerdict.Inconclusive, ReasonCodes.BaselineDiffers), (finding.Verdict, finding.ReasonCode));
        Assert.Contains("not asked the same", finding.Advice, StringComparison.Ordinal);
    }

    private string Latest => Path.Combine(_session.Runs, "latest");

    private async Task PromotedAsync()
    {
        Assert.Equal(0, await _session.RunAsync(Scenario()));
        Assert.True(await _session.CallAsync("promote", Latest) == 0, _session.Error);
        _session.Forget();
    }

    private static List<(string? Name, string Text)> Files(string run) =>
        [.. new[] { "summary.json", "report.md", "report.html", "junit.xml" }.Select(name => (name, File.ReadAllText(Path.Combine(run, name))))];

    private string Scenario(string name = "sums", int rate = 30)
    {
        _session.Folder.File("prompts.jsonl", """{"id":"a","prompt":"What is 6 times 7?","expected":"42"}""" + "\n");
        return _session.Folder.File($"{name}.yaml", $$"""
            version: 1
            seed: 7
            targets: { remote: { type: openai, url: "{{_endpoint.Url}}", model: scripted, requestTimeout: 10s } }
            prompts: { sums: prompts.jsonl }
            scenarios:
              - name: {{name}}
                workload: { open: { arrivals: constant, rate: {{rate}}/s } }
                phases: { warmUp: 0s, baseline: 4s }
                objectives: { e2e: 20s } # allows for a generator that is late on a busy machine
                drain: 10s
            """);
    }
}
