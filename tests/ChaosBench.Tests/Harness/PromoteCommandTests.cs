using ChaosBench.Reports.Baselines;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

public sealed class PromoteCommandTests : IDisposable
{
    private readonly CommandSession _session = new();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Promote_RunThatPassed_IsWhatLaterOnesAreComparedWith()
    {
        await MadeRun.WriteAsync(_session.Runs, "a");
        await MadeRun.WriteAsync(_session.Runs, "b", ttft: 0.2);

        Assert.Equal(0, await _session.CallAsync("promote", Run("a")));
        Assert.Equal("main  steady  a", _session.Out.Trim());
        Assert.Equal(0, await _session.CallAsync("compare", "main", Run("a"), "--points", "5%"));
        Assert.Equal(1, await _session.CallAsync("compare", "main", Run("b")));

        _session.Forget();
        Assert.Equal(0, await _session.CallAsync("promote", "--runs", _session.Runs));
        Assert.Matches(@"^main  steady  a  pass, promoted \d{4}-\d\d-\d\d \d\d:\d\d by .+@.+", _session.Out);
    }

    [Fact]
    public async Task Promote_RunThatFailed_TakesForceAndAReason()
    {
        var run = await MadeRun.WriteAsync(_session.Runs, "slow", gate: "p50 ttft < 0.01");

        Assert.Equal(4, await _session.CallAsync("promote", run));
        Assert.Contains("its verdict is fail", _session.Error, StringComparison.Ordinal);
        Assert.Equal(4, await _session.CallAsync("promote", run, "--force"));
        Assert.Equal(4, await _session.CallAsync("promote", run, "--reason", "slow is what we have"));
        Assert.Empty(new BaselineBook(_session.Runs).Read());

        Assert.Equal(0, await _session.CallAsync("promote", run, "--force", "--reason", "slow is what we have", "--by", "the team"));
        var promotion = Assert.Single(new BaselineBook(_session.Runs).Read());
        Assert.Equal((true, "slow is what we have", "the team", RunVerdict.Fail), (promotion.Forced, promotion.Reason, promotion.By, promotion.Verdict));
    }

    [Fact]
    public async Task Promote_SummaryThatSaysPass_IsNotBelieved()
    {
        var run = await MadeRun.WriteAsync(_session.Runs, "slow", gate: "p50 ttft < 0.01");
        var summary = Path.Combine(run, RunFolder.SummaryName);
        File.WriteAllText(summary, File.ReadAllText(summary).Replace("\"fail\"", "\"pass\"", StringComparison.Ordinal));

        Assert.Equal(4, await _session.CallAsync("promote", run));
    }

    [Fact]
    public async Task Promote_RunThatDidNotEnd_IsRefusedWhateverIsSaid()
    {
        var run = await MadeRun.WriteAsync(_session.Runs, "killed", ends: false);

        Assert.Equal(4, await _session.CallAsync("promote", run, "--force", "--reason", "it is all we have"));
        Assert.Contains("did not go to its end", _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promote_TwoRunsOfOneScenario_AreRefusedTogether()
    {
        await MadeRun.WriteAsync(_session.Runs, "a");
        await MadeRun.WriteAsync(_session.Runs, "b");

        Assert.Equal(4, await _session.CallAsync("promote", _session.Runs));
        Assert.Contains("name one", _session.Error, StringComparison.Ordinal);
        Assert.Empty(new BaselineBook(_session.Runs).Read());
    }

    [Fact]
    public async Task Compare_BaselineThatIsNotWhatItWas_IsRefused()
    {
        var run = await MadeRun.WriteAsync(_session.Runs, "a");
        await MadeRun.WriteAsync(_session.Runs, "b");
        Assert.Equal(0, await _session.CallAsync("promote", run));

        File.AppendAllText(Path.Combine(run, "manifest.json"), " ");
        Assert.Equal(4, await _session.CallAsync("compare", "main", Run("b")));
        Assert.Contains("is not what was promoted", _session.Error, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(run, "journal.jsonl.gz"), "no gzip");
        Assert.Equal(4, await _session.CallAsync("compare", "main", Run("b")));

        Directory.Delete(run, recursive: true);
        Assert.Equal(4, await _session.CallAsync("compare", "main", Run("b")));
        Assert.Contains("Bring the run back or promote another", _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compare_NameThatNobodyGave_SaysWhichThereAre()
    {
        var run = await MadeRun.WriteAsync(_session.Runs, "a");
        await MadeRun.WriteAsync(_session.Runs, "other", scenario: "burst");

        Assert.Equal(4, await _session.CallAsync("compare", "main", run));
        Assert.Contains("promote a run first: chaosbench promote RUN --as main", _session.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _session.CallAsync("promote", run, "--as", "good"));
        Assert.Equal(4, await _session.CallAsync("compare", "main", run));
        Assert.Contains("there is good", _session.Error, StringComparison.Ordinal);
        Assert.Equal(4, await _session.CallAsync("compare", "good", Run("other")));
        Assert.Contains("is of 'steady', and of no run of scenario 'burst'", _session.Error, StringComparison.Ordinal);
        Assert.Equal(4, await _session.CallAsync("promote", run, "--as", "no/name"));
    }

    [Fact]
    public async Task Clean_Everything_KeepsBaselinesAndTheirNames()
    {
        foreach (var name in new[] { "20260101T000000Z-steady-1", "20260102T000000Z-steady-1" })
        {
            await MadeRun.WriteAsync(_session.Runs, name);
        }

        Assert.Equal(0, await _session.CallAsync("promote", Run("20260101T000000Z-steady-1")));
        Assert.Equal(0, await _session.CallAsync("clean", _session.Runs, "--older-than", "1d", "--yes"));

        Assert.Equal(["20260101T000000Z-steady-1"], Directory.EnumerateDirectories(_session.Runs).Select(Path.GetFileName));
        Assert.Contains("kept: 20260101T000000Z-steady-1 is baseline main of steady", _session.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _session.CallAsync("compare", "main", Run("20260101T000000Z-steady-1"), "--points", "5%"));

        File.AppendAllText(Path.Combine(_session.Runs, BaselineBook.FileName), "?\n");
        Assert.Equal(4, await _session.CallAsync("clean", _session.Runs, "--older-than", "1d", "--yes"));
        Assert.True(Directory.Exists(Run("20260101T000000Z-steady-1")));
    }

    private string Run(string name) => Path.Combine(_session.Runs, name);
}
