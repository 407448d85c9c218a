using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Comparing;

public sealed class HistoriesTests
{
    [Fact]
    public void Of_StepAfterANewModel_NamesTheRunAndWhatChanged()
    {
        var random = new SplitMix64(1);
        var runs = Enumerable.Range(0, 20).Select(i => Run(i, i < 12 ? 0.100 : 0.130, random, i < 12 ? "triage-v1" : "triage-v2"));

        var history = Histories.Of(runs, []);

        var series = history.Series.Single(series => series.Metric == "p95 e2e");
        var change = Assert.Single(series.Changes);
        Assert.Equal("run-12", change.Folder);
        Assert.InRange(change.Relative!.Value, 0.25, 0.35);
        Assert.Contains(change.What, what => what is { What: "target", Before: "triage-v1", After: "triage-v2" });
        Assert.Contains("CHANGED from run-12 on: ", HistoryWords.Render(history), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_RunsInAnyOrder_AreSortedByTime()
    {
        var random = new SplitMix64(1);
        var runs = Enumerable.Range(0, 8).Reverse().Select(i => Run(i, 0.1, random, "m"));

        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"run-{i:00}"), Histories.Of(runs, []).Series[0].Points.Select(point => point.Folder));
    }

    [Fact]
    public void Of_FewRunsOrEndlessValues_LookForNoChangeAndSayWhy()
    {
        var random = new SplitMix64(1);
        var few = Histories.Of(Enumerable.Range(0, 7).Select(i => Run(i, 0.1, random, "m")), []);
        var endless = Histories.Of(Enumerable.Range(0, 8).Select(i => Run(i, i == 3 ? double.PositiveInfinity : 0.1, random, "m")), []);

        Assert.Contains("a change is looked for from 8 on", few.Series[0].Note, StringComparison.Ordinal);
        Assert.Equal("failures reach it in some run", endless.Series[0].Note);
        Assert.All(few.Series.Concat(endless.Series), series => Assert.Empty(series.Changes));
    }

    [Fact]
    public void Of_NothingAtAll_SaysSo() =>
        Assert.Contains("no run in this folder has a number", HistoryWords.Render(Histories.Of([], [])), StringComparison.Ordinal);

    private static HistoryRun Run(int number, double p95, SplitMix64 random, string model)
    {
        var manifest = Some.Manifest("steady");
        manifest = manifest with
        {
            StartedUtc = manifest.StartedUtc.AddHours(number), Targets = [manifest.Targets[0] with { Location = model }],
        };
        var summary = Judge.Decide(Some.Fold(Some.Run(), Some.Requests(10)), new RunFacts());
        var metrics = new Dictionary<string, MetricSummary> { ["e2e"] = new() { Count = 100, Unit = "s", P95 = p95 * (1 + (0.01 * random.NextDouble())) } };
        return new HistoryRun($"run-{number:00}", manifest, summary with
        {
            Targets = new Dictionary<string, TargetSummary>
            {
                [Some.Candidate] = new(new Dictionary<string, IReadOnlyDictionary<string, MetricSummary>> { ["all"] = metrics }),
            },
        });
    }
}
