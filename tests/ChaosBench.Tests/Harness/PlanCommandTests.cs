using ChaosBench.Reports.Runs;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>One seed fixes a plan, whoever makes it: <c>plan</c>, <c>run</c>, another process.</summary>
public sealed class PlanCommandTests : IAsyncLifetime, IDisposable
{
    private readonly CommandSession _session = new();
    private ScriptedEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Plan_ShippedSuiteInTwoProcesses_HasTheSameHashes()
    {
        using var first = CommandProcess.Start(Repository.Root, "plan", "scenarios.yaml");
        using var second = CommandProcess.Start(Repository.Root, "plan", "scenarios.yaml");
        using var other = CommandProcess.Start(Repository.Root, "plan", "scenarios.yaml", "--seed", "1");

        var codes = await Task.WhenAll(first.ExitAsync(), second.ExitAsync(), other.ExitAsync());
        Assert.All(codes, code => Assert.Equal(0, code));

        Assert.Equal(Hashes(first.Output), Hashes(second.Output));
        Assert.NotEmpty(Hashes(first.Output));
        Assert.Empty(Hashes(first.Output).Intersect(Hashes(other.Output)));
    }

    [Fact]
    public async Task Run_TwiceAndWithAnotherSeed_WritesTheHashThatPlanPrints()
    {
        var planned = await HashAsync();

        Assert.Equal(planned, await RunHashAsync("first"));
        Assert.Equal(planned, await RunHashAsync("second"));
        Assert.NotEqual(planned, await RunHashAsync("third", "--seed", "8"));
        Assert.NotEqual(planned, await HashAsync("--seed", "8"));
    }

    [Theory]
    [InlineData("seed=7", true)]
    [InlineData("seed=8", false)]
    [InlineData("scenarios.one.phases.baseline=1s", true)]
    [InlineData("scenarios.one.phases.baseline=2s", false)]
    [InlineData("scenarios[0].workload=31/s", false)]
    public async Task Set_OfAValue_ChangesThePlanExactlyWhenTheValueDiffers(string setting, bool same) =>
        Assert.Equal(same, await HashAsync() == await HashAsync("--set", setting));

    [Theory]
    [InlineData("scenarios.nosuch.workload=1/s", "one")]
    [InlineData("scenarios.one.workloda=1/s", "workload")]
    [InlineData("scenarios.one.workload=1", "/s")]
    [InlineData("targets.remote.url=https://elsewhere.test/v1", "--allow-host elsewhere.test")]
    public async Task Set_Wrong_SaysWhatWouldBeRight(string setting, string remedy)
    {
        Assert.Equal(4, await _session.CallAsync("plan", File(), "--set", setting));
        Assert.Contains(remedy, _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scenario_Chosen_RunsAloneAndAnUnknownOneNamesTheKnown()
    {
        Assert.Equal(0, await _session.RunAsync(File(), "--scenario", "two"));
        Assert.Equal("two", _session.Summary.Scenario);
        Assert.Equal(4, await _session.RunAsync(File(), "--scenario", "three"));
        Assert.Contains("one, two", _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OutsideATerminal_WritesNoEscapeSequences()
    {
        using var run = CommandProcess.Start(_session.Folder.Path, "run", File(), "--out", _session.Runs);

        Assert.Equal(0, await run.ExitAsync());
        Assert.DoesNotContain('\u001b', run.Error + run.Output);
        Assert.Contains("PASS (exit 0)", run.Error, StringComparison.Ordinal);
        // Two scenarios: one line each, for machines, and nothing else.
        Assert.Equal(2, run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    private async Task<string> HashAsync(params string[] more)
    {
        _session.Forget();
        Assert.Equal(0, await _session.CallAsync(["plan", File(), "--scenario", "one", .. more]));
        return Hashes(_session.Out).Single();
    }

    private async Task<string> RunHashAsync(string name, params string[] more)
    {
        var runs = Path.Combine(_session.Folder.Path, name);
        Assert.Equal(0, await _session.CallAsync(["run", File(), "--scenario", "one", "--out", runs, .. more]));
        return RunFiles.ReadManifest(Directory.EnumerateDirectories(runs, "2*").Single()).PlanSha256;
    }

    private static List<string> Hashes(string text) =>
        [.. text.Split(' ', ',', '\n').Where(word => word.Length == 64 && word.All(char.IsAsciiHexDigitLower))];

    private string File()
    {
        _session.Folder.File("prompts.jsonl", "{\"prompt\":\"a\"}\n{\"prompt\":\"b\"}\n");
        return _session.Folder.File("plan.yaml", $$"""
            version: 1
            seed: 7
            targets: { remote: { type: openai, url: "{{_endpoint.Url}}", model: scripted } }
            prompts: { letters: prompts.jsonl }
            scenarios:
              - { name: one, workload: 30/s, phases: { warmUp: 0s, baseline: 1s } }
              - { name: two, workload: 30/s, phases: { warmUp: 0s, baseline: 1s } }
            """);
    }
}
