using System.Text.Json;
using ChaosBench.Reports.Html.Plots;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Html;

public sealed class PlotDataTests
{
    [Fact]
    public void Fold_EmptyJournal_HasNothingAndInventsNothing()
    {
        var plots = PlotData.Fold([]);

        Assert.Equal(0, plots.Buckets);
        Assert.Empty(plots.Targets);
        Assert.Empty(plots.Dimensions);
        Assert.Empty(plots.Planned);
        using var json = JsonDocument.Parse(PlotJson.Write(plots));
        Assert.Empty(json.RootElement.GetProperty("targets").EnumerateArray());
    }

    [Fact]
    public void Fold_AllFailed_LatenciesAreAbsentNotZero()
    {
        var plots = PlotData.Fold(new SampleRun { Failing = 1 }.Events());

        var target = Assert.Single(plots.Targets);
        Assert.All(target.Ttft.P99, value => Assert.Null(value));
        Assert.All(target.E2e.P50, value => Assert.Null(value));
        Assert.Equal(0, target.Completed.Sum());
        var all = Assert.Single(plots.Dimensions[0].Slices);
        Assert.Empty(all.E2e.Points);
        Assert.Equal(all.Requests, all.E2e.Failed);
    }

    [Fact]
    public void Fold_EveryRequest_IsCountedOnceInEveryView()
    {
        var events = new SampleRun { WithBaseline = true }.Events().ToList();
        var seen = events.OfType<JournalEvent.Observation>().ToList();
        var judged = seen.Count(one => one.Phase != Phase.WarmUp);

        var plots = PlotData.Fold(events);

        Assert.Equal(seen.Count, plots.Outcomes.Sum(row => row.Count));
        Assert.Equal(seen.Count, plots.Targets.Sum(target => target.Outcomes.Values.Sum(counts => counts.Sum())));
        Assert.Equal(seen.Count, plots.Planned.Sum());
        Assert.All(plots.Dimensions, dimension => Assert.Equal(judged, dimension.Slices.Sum(slice => slice.Requests)));
        Assert.Equal(["triage-v2", "triage-v1"], plots.Targets.Select(target => target.Target));
    }

    [Fact]
    public void Fold_Curve_AgreesWithExactPercentilesAndStopsAtFailures()
    {
        var events = new SampleRun().Events().ToList();
        var judged = events.OfType<JournalEvent.Observation>().Where(one => one.Phase != Phase.WarmUp).ToList();
        var exact = judged.Where(one => one.Outcome == Outcome.Completed)
            .Select(one => Nanos.ToSeconds(one.LastToken!.Value - one.Planned)).Order().ToArray();

        var curve = PlotData.Fold(events).Dimensions[0].Slices[0].E2e;

        var position = (judged.Count - 1) * 0.9;
        var below = (int)position;
        var expected = exact[below] + (exact[below + 1] - exact[below]) * (position - below);
        Assert.Equal(expected, curve.At(0.9)!.Value, expected * 0.005);
        Assert.Equal(judged.Count - exact.Length, curve.Failed);
        Assert.True(curve.Points[^1].Share <= (double)exact.Length / judged.Count);
        Assert.InRange(curve.Points.Count, 1, PlotData.MaxCurvePoints);
        Assert.Equal(curve.Points.Select(point => point.Seconds).Order(), curve.Points.Select(point => point.Seconds));
    }

    [Fact]
    public void Fold_HeatMap_HoldsEveryCompletedRequestOnceAtItsLatency()
    {
        var events = new SampleRun().Events().ToList();
        var latencies = events.OfType<JournalEvent.Observation>().Where(one => one.Outcome == Outcome.Completed)
            .Select(one => LatencyHistogram.BinOf(one.LastToken!.Value - one.Planned, LatencyHistogram.HeatRows)).ToList();

        var heat = PlotData.Fold(events).Targets[0].E2eHeat;

        Assert.Equal(latencies.Count, heat.Columns.Sum(column => column.Values.Sum()));
        Assert.Equal(latencies.CountBy(row => row).ToDictionary(), heat.Columns.SelectMany(column => column).GroupBy(cell => cell.Key)
            .ToDictionary(group => group.Key, group => (int)group.Sum(cell => cell.Value)));
        Assert.InRange(heat.Columns.Count, 1, PlotData.MaxHeatColumns);
    }

    [Fact]
    public void Fold_KindsOfRequests_HaveSeriesThatAddUpToAllOfThem()
    {
        var events = new SampleRun { WithBaseline = true }.Events().ToList();
        var judged = events.OfType<JournalEvent.Observation>().Where(one => one.Phase != Phase.WarmUp).ToList();

        var plots = PlotData.Fold(events);

        Assert.InRange(plots.CohortBuckets, 1, PlotData.MaxCohortBuckets);
        Assert.All(plots.Dimensions[0].Slices, slice => Assert.Null(slice.Series));
        foreach (var dimension in plots.Dimensions.Skip(1))
        {
            var series = dimension.Slices.Select(slice => slice.Series!).ToList();
            Assert.Equal(judged.Count, series.Sum(one => one.Outcomes.Values.Sum(counts => counts.Sum())));
            Assert.Equal(judged.Count(one => one.Outcome == Outcome.Completed), series.Sum(one => one.E2e.Count.Sum()));
            Assert.Equal(judged.Sum(one => one.Gaps.Sum(gap => gap.Tokens)), series.Sum(one => one.TokenGap.Count.Sum()));
        }
    }

    [Fact]
    public void Fold_KindsOfRequests_HaveThePercentilesOfTheirRequests()
    {
        var events = new SampleRun().Events().ToList();
        var mischief = events.OfType<JournalEvent.Observation>()
            .Where(one => one.Phase != Phase.WarmUp && one.Cohort.Prompts == "mischief" && one.Outcome == Outcome.Completed)
            .Where(one => one.Planned is >= 10 * Nanos.PerSecond and < 11 * Nanos.PerSecond).Select(one => Nanos.ToSeconds(one.LastToken!.Value - one.Planned)).Order().ToList();

        var plots = PlotData.Fold(events);

        Assert.Equal(1, plots.CohortBucketSeconds);
        var slice = plots.Dimensions.Single(dimension => dimension.Name == "prompt set").Slices.Single(one => one.Value == "mischief");
        Assert.Equal(mischief.Count, slice.Series!.E2e.Count[10]);
        Assert.Equal(mischief[^1], slice.Series.E2e.P99[10]!.Value, mischief[^1] * 0.1);
    }

    [Fact]
    public void Fold_FaultSeen_WindowIsTheObservedOne()
    {
        var window = Assert.Single(PlotData.Fold(new SampleRun().Events()).FaultWindows);

        Assert.Equal(("node-loss", "node.kill", true), (window.Fault, window.Kind, window.Observed));
        Assert.Equal(25.02, window.Start, 9);
        Assert.Equal(35, window.End, 9);
    }

    [Fact]
    public void Fold_FaultNeverSeen_WindowIsThePlannedOneAndSaysSo()
    {
        var events = new SampleRun().Events().Where(one => one is not JournalEvent.FaultTransition);

        var window = Assert.Single(PlotData.Fold(events).FaultWindows);

        Assert.False(window.Observed);
        Assert.Equal((25.0, 35.0), (window.Start, window.End));
    }

    [Fact]
    public void Fold_ScoreBeforeItsObservation_IsCountedTheSame()
    {
        var events = new SampleRun().Events().ToList();
        var early = events.OrderBy(one => one switch { JournalEvent.RunStarted => 0, JournalEvent.Score => 1, _ => 2 }).ToList();

        Assert.Equal(PlotJson.Write(PlotData.Fold(events)), PlotJson.Write(PlotData.Fold(early)));
        Assert.Equal(
            PlotData.Fold(events).Dimensions.SelectMany(dimension => dimension.Slices).SelectMany(slice => slice.Quality),
            PlotData.Fold(early).Dimensions.SelectMany(dimension => dimension.Slices).SelectMany(slice => slice.Quality));
    }

    [Fact]
    public void Fold_TwoHundredThousandOfEverything_StaysBounded()
    {
        var plots = PlotData.Fold(Flood(200_000));

        Assert.InRange(plots.Buckets, 1, PlotData.MaxBuckets);
        Assert.InRange(plots.Targets.Count, 1, PlotData.MaxTargets + 1);
        Assert.All(plots.Dimensions, dimension => Assert.InRange(dimension.Slices.Count, 1, PlotData.MaxCohorts));
        Assert.Contains(plots.Dimensions, dimension => dimension.Omitted);
        Assert.InRange(plots.Story.Count, 1, PlotData.MaxStory);
        Assert.True(plots.StoryOmitted > 0);
        Assert.InRange(plots.Reasons.Count, 1, 12);
        Assert.Equal(200_000, plots.Outcomes.Sum(row => row.Count));
        Assert.InRange(PlotJson.Write(plots).Length, 1, 1_500_000);
    }

    /// <summary>Nothing in it repeats: every name, tag, reason and note is new, over eleven days.</summary>
    private static IEnumerable<JournalEvent> Flood(int count)
    {
        var coins = new SplitMix64(7);
        for (var at = 0; at < count; at++)
        {
            var planned = at * 5 * Nanos.PerSecond;
            yield return new JournalEvent.Observation
            {
                At = planned, Arrival = at, Target = $"target {at % 9}", Phase = Phase.Baseline, Block = 0, PromptId = "p", Planned = planned,
                Sent = planned, FirstToken = planned + coins.Next(int.MaxValue), LastToken = planned + 2L * int.MaxValue, Ended = planned + 2L * int.MaxValue,
                Outcome = at % 3 == 0 ? Outcome.Reset : Outcome.Completed, Reason = $"reason {at}", PromptSha256 = "",
                Gaps = [new TokenGap(coins.Next(int.MaxValue), int.MaxValue)],
                Cohort = new Cohort($"set {at}", at, 1, true, at, PromptRole.Traffic, GraderKind.Exact, new Dictionary<string, string> { [$"tag {at % 50}"] = $"{at}" }),
            };
            yield return new JournalEvent.Score { At = planned, Arrival = at, Grader = $"grader {at}", Value = null };
            yield return new JournalEvent.Note { At = planned, Text = $"note {at}" };
        }
    }
}
