using System.Text;
using System.Text.Json;
using ChaosBench.Engine;
using ChaosBench.Harness.Running;
using ChaosBench.Harness.Ui;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Engine;

namespace ChaosBench.Tests.Harness.Ui;

/// <summary>One progress a second becomes one frame for all pages, whatever the pages do.</summary>
public sealed class LiveFeedTests
{
    private readonly LiveFeed _feed = new(new Silent());

    [Fact]
    public void Report_CountsThatGrow_BecomeRatesOfEachSecond()
    {
        _feed.Started(Plan(), "/runs/one");
        _feed.Report(Progress(1, sent: 10, completed: 8, failed: 0, tokens: 100));
        _feed.Report(Progress(3, sent: 50, completed: 40, failed: 4, tokens: 900));

        var frames = Frames(_feed.Read(default).News);

        Assert.Equal((10.0, 8.0, 100.0), (Number(frames[0], "sent"), Number(frames[0], "completed"), Number(frames[0], "tokens")));
        Assert.Equal((20.0, 16.0, 400.0), (Number(frames[1], "sent"), Number(frames[1], "completed"), Number(frames[1], "tokens")));
        Assert.False(frames[0].TryGetProperty("bad", out _));
        Assert.Equal(2.0, frames[1].GetProperty("bad").GetProperty("failed").GetDouble());
        Assert.False(frames[0].TryGetProperty("ttftP99", out _));
    }

    [Fact]
    public void Report_OpenWorkload_TellsWhatThePlanHadDueInEachSecond()
    {
        var plan = Plan();
        _feed.Started(plan, "/runs/one");
        _feed.Report(Progress(1));
        _feed.Report(Progress(2));

        var planned = Frames(_feed.Read(default).News).Select(frame => Number(frame, "planned")).ToList();

        Assert.Equal(plan.Arrivals.Count(arrival => arrival.At < 1_000_000_000), planned[0]);
        Assert.Equal(plan.Arrivals.Count(arrival => arrival.At is >= 1_000_000_000 and < 2_000_000_000), planned[1]);
    }

    [Fact]
    public void Report_NeverEndingRun_KeepsTheLastHourAlone()
    {
        _feed.Started(Plan(), "/runs/one");
        for (var second = 1; second <= LiveFeed.MostFrames + 50; second++)
        {
            _feed.Report(Progress(second));
        }

        var frames = Frames(_feed.Read(default).News);

        Assert.Equal(LiveFeed.MostFrames, frames.Count);
        Assert.Equal(51, Number(frames[0], "at"));
    }

    [Fact]
    public void Read_PageThatSlept_GetsWhatItMissedOnceAndNoneOfItTwice()
    {
        _feed.Started(Plan(), "/runs/one");
        _feed.Report(Progress(1));
        var (first, cursor, changed) = _feed.Read(default);
        Assert.NotNull(first.Start);
        Assert.False(changed.IsCompleted);

        for (var second = 2; second <= LiveFeed.MostFrames + 10; second++)
        {
            _feed.Report(Progress(second));
        }

        Assert.True(changed.IsCompleted);
        var (missed, next, _) = _feed.Read(cursor);
        Assert.Null(missed.Start);
        Assert.Equal(LiveFeed.MostFrames, missed.Frames.Count);
        Assert.Empty(_feed.Read(next).News.Frames);
    }

    [Fact]
    public void Started_AnotherScenario_BeginsAnewForEveryPage()
    {
        _feed.Started(Plan(), "/runs/one");
        _feed.Report(Progress(1));
        _feed.Tell("a step");
        _feed.Ended(Summary(), "/runs/one");
        var (news, cursor, _) = _feed.Read(default);
        Assert.NotNull(news.End);
        Assert.Null(_feed.Read(cursor).News.End);

        _feed.Started(Plan(), "/runs/two");

        var (again, _, _) = _feed.Read(cursor);
        Assert.Contains("\"run\":\"two\"", Encoding.UTF8.GetString(again.Start!), StringComparison.Ordinal);
        Assert.Empty(again.Frames);
        Assert.Empty(again.Lines);
        Assert.Null(again.End);
    }

    [Fact]
    public void Report_FaultInPlace_SaysWhichAndHowLongStill()
    {
        _feed.Started(Plan(), "/runs/one");
        _feed.Report(Progress(3) with { ActiveFaults = ["kill\u202E", "unplanned"] });

        var fault = Frames(_feed.Read(default).News)[0].GetProperty("faults");

        Assert.Equal("kill<U+202E>", fault[0].GetProperty("id").GetString());
        Assert.False(fault[1].TryGetProperty("left", out _));
    }

    [Fact]
    public void Report_BeforeAnyRun_IsNoNews()
    {
        _feed.Report(Progress(1));

        Assert.Null(_feed.Read(default).News.Start);
        Assert.Empty(_feed.Read(default).News.Frames);
    }

    private static Plan Plan() => Plans.Open(Enumerable.Range(0, 100).Select(number => number * 40_000_000L), TimeSpan.FromSeconds(4));

    private static RunProgress Progress(int second, int sent = 0, int completed = 0, int failed = 0, long tokens = 0) => new(
        TimeSpan.FromSeconds(second), TimeSpan.FromSeconds(4), Phase.Baseline, 100, sent - completed - failed,
        new RunCounts(completed + failed, sent, new Dictionary<Outcome, int> { [Outcome.Completed] = completed, [Outcome.Failed] = failed }), null, null, [])
    {
        OutputTokens = tokens,
    };

    private static Summary Summary() => new()
    {
        ToolVersion = "0", Scenario = "s", Seed = 1, PlanSha256 = "", Verdict = RunVerdict.Pass, ExitCode = 0, Healed = HealState.NotNeeded, Headline = "It held.",
        Reasons = [], Findings = [], Targets = new Dictionary<string, TargetSummary>(), Counts = new Dictionary<string, long>(),
        Generator = new GeneratorSummary(new MetricSummary { Count = 0, Unit = "s" }, null, null, null, []), Faults = [],
    };

    private static List<JsonElement> Frames(LiveNews news) => [.. news.Frames.Select(frame => JsonDocument.Parse(frame).RootElement)];

    private static double Number(JsonElement frame, string name) => frame.GetProperty(name).GetDouble();

    internal sealed class Silent : IRunWatcher
    {
        public void Started(Plan plan, string folder)
        {
        }

        public void Ended(Summary summary, string folder)
        {
        }

        public void Tell(string line)
        {
        }

        public void Report(RunProgress value)
        {
        }
    }
}
