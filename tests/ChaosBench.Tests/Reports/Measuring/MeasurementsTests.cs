using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Scenarios.Model;
using FsCheck.Fluent;

namespace ChaosBench.Tests.Reports.Measuring;

public sealed class MeasurementsTests
{
    private static readonly Slice All = new(Some.Candidate);

    [Theory]
    [InlineData(MetricId.Ttft, 0.1)]
    [InlineData(MetricId.E2e, 0.4)]
    [InlineData(MetricId.TtftService, 0.099)]
    [InlineData(MetricId.E2eService, 0.399)]
    [InlineData(MetricId.Tpot, 0.075)] // 300 ms for the 4 tokens after the first event's one
    [InlineData(MetricId.MaxStall, 0.1)]
    [InlineData(MetricId.DispatchLag, 0.001)]
    public void DistributionOf_OneCompletedRequest_FollowsTheDefinition(MetricId metric, double seconds)
    {
        var values = Some.Fold(Some.Run(), [Some.Request(0, 1)]).DistributionOf(metric, All);

        Assert.Equal(seconds, Assert.Single(Sorted(values)), 9);
    }

    [Theory]
    [InlineData(MetricId.Ttft, true)]
    [InlineData(MetricId.E2e, true)]
    [InlineData(MetricId.TtftService, true)]
    [InlineData(MetricId.E2eService, true)]
    [InlineData(MetricId.Tpot, true)]
    [InlineData(MetricId.MaxStall, true)]
    [InlineData(MetricId.TokenGap, true)]
    [InlineData(MetricId.ChunkGap, true)]
    [InlineData(MetricId.TtftOk, false)]
    [InlineData(MetricId.E2eOk, false)]
    public void DistributionOf_FailedRequest_IsInfinitelyLateExceptAmongSuccesses(MetricId metric, bool infinite)
    {
        foreach (var outcome in Enum.GetValues<Outcome>().Except([Outcome.Completed, Outcome.Cancelled]))
        {
            var values = Some.Fold(Some.Run(), [Some.Request(0, 1, outcome)]).DistributionOf(metric, All);

            Assert.Equal(infinite ? [double.PositiveInfinity] : [], Sorted(values));
        }
    }

    [Fact]
    public void DistributionOf_CancelledRequest_SaysNothing()
    {
        var run = Some.Fold(Some.Run(), [Some.Request(0, 1, Outcome.Cancelled)]);

        Assert.All(Metrics.All.Where(metric => Metrics.IsDistribution(metric) && metric != MetricId.DispatchLag), metric =>
            Assert.Equal(0, run.DistributionOf(metric, All).Count));
        Assert.Equal(0, run.ShareOf(MetricId.Attainment, All).Total);
        Assert.Equal(0, run.ShareOf(MetricId.ErrorRate, All).Total);
    }

    [Fact]
    public void DistributionOf_WithoutStreaming_HasNoFirstTokenButAnEnd()
    {
        var run = Some.Fold(Some.Run(), [Some.Request(0, 1) with { Cohort = Some.Cohort(stream: false), Gaps = [] }]);

        Assert.Equal(0, run.DistributionOf(MetricId.Ttft, All).Count);
        Assert.Equal(0, run.DistributionOf(MetricId.MaxStall, All).Count);
        Assert.Equal(0.4, run.DistributionOf(MetricId.E2e, All).Max!.Value, 9);
    }

    [Fact]
    public void DistributionOf_AllTokensInOneEvent_HasNoTimePerToken()
    {
        var run = Some.Fold(Some.Run(), [Some.Request(0, 1) with { FirstEventTokens = 5, Gaps = [] }]);

        Assert.Equal(0, run.DistributionOf(MetricId.Tpot, All).Count);
    }

    [Fact]
    public void TokenGap_SeveralTokensInOneEvent_SharesTheWaitAmongThem()
    {
        var run = Some.Fold(Some.Run(), [Some.Request(0, 1)]);

        Assert.Equal([0.05, 0.05, 0.1, 0.1], Sorted(run.DistributionOf(MetricId.TokenGap, All)).Select(gap => Math.Round(gap, 9)));
        Assert.Equal(3, run.DistributionOf(MetricId.ChunkGap, All).Count);
    }

    [Fact]
    public void DistributionOf_WarmUp_IsLeftOut()
    {
        var run = Some.Fold(Some.Run(), [Some.Request(0, 1) with { Phase = Phase.WarmUp }, Some.Request(1, 2)]);

        Assert.Equal(1, run.DistributionOf(MetricId.Ttft, All).Count);
        Assert.Equal(1, run.DistributionOf(MetricId.Ttft, All with { Phase = Phase.WarmUp }).Count);
    }

    [Theory]
    [InlineData("temperature", "0.70", 1)]
    [InlineData("temperature", "0", 1)]
    [InlineData("max_tokens", "48", 2)]
    [InlineData("maxTokens", "48", 2)]
    [InlineData("stream", "true", 2)]
    [InlineData("lang", "DE", 1)]
    [InlineData("lang", "fr", 0)]
    [InlineData("colour", "red", 0)]
    public void In_CohortTag_KeepsThoseThatCarryIt(string name, string value, int count)
    {
        var run = Some.Fold(
            Some.Run(), [Some.Request(0, 1) with { Cohort = Some.Cohort(temperature: 0.7, tags: ("lang", "de")) }, Some.Request(1, 2)]);

        Assert.Equal(count, run.In(All with { Cohort = new Dictionary<string, string> { [name] = value } }).Count());
    }

    [Fact]
    public void Attainment_Answers_AreGoodWithinEveryObjectiveAndNotWrong()
    {
        var run = Some.Run() with { Objectives = new RequestObjectives(Ttft: TimeSpan.FromMilliseconds(150)) };
        var graded = Some.Cohort(grader: GraderKind.JsonFields);

        var share = Some.Fold(
            run,
            [
                Some.Request(0, 1), Some.Request(1, 2, ttft: 0.2), Some.Request(2, 3, Outcome.Reset), Some.Request(3, 4, Outcome.NotSent),
                Some.Request(4, 5, Outcome.Cancelled), Some.Request(5, 6) with { Cohort = graded },
                Some.Request(6, 7) with { Cohort = graded }, Some.Request(7, 8) with { Cohort = graded },
            ],
            [Some.Score(5, 1), Some.Score(6, 0), Some.Score(7, null)]).ShareOf(MetricId.Attainment, All);

        Assert.Equal(new ShareCount(2, 7), share);
    }

    [Fact]
    public void Accuracy_WhatCouldNotBeGraded_IsWrong()
    {
        var canary = Some.Cohort(grader: GraderKind.Exact, role: PromptRole.Canary);
        var run = Some.Fold(
            Some.Run(),
            [
                Some.Request(0, 1) with { Cohort = canary }, Some.Request(1, 2) with { Cohort = canary },
                Some.Request(2, 3, Outcome.TimedOut) with { Cohort = canary }, Some.Request(3, 4),
                Some.Request(4, 5) with { Cohort = Some.Cohort(grader: GraderKind.Exact) },
                Some.Request(5, 5, Outcome.Cancelled) with { Cohort = canary },
            ],
            [Some.Score(0, 1), Some.Score(1, null), Some.Score(4, 1)]);

        Assert.Equal(new ShareCount(2, 4), run.ShareOf(MetricId.Accuracy, All));
        Assert.Equal(new ShareCount(1, 3), run.ShareOf(MetricId.CanaryAccuracy, All));
        Assert.Null(run.ShareOf(MetricId.ValidJson, All).Value);
    }

    [Fact]
    public void RateOf_CompletedRequests_CountsPerSecondOfThePhase()
    {
        var run = Some.Fold(Some.Run(), Some.Requests(120), [Some.Request(500, 30, Outcome.Failed)]);

        var rate = run.RateOf(MetricId.RequestRate, All with { Phase = Phase.Fault });

        Assert.Equal(2, rate.Value!.Value, 9);
        Assert.Equal(20, rate.PerSecond.Count);
        Assert.All(rate.PerSecond, second => Assert.Equal(2, second));
        Assert.Equal(10, run.RateOf(MetricId.OutputTokenRate, All).Value!.Value, 9);
    }

    [Fact]
    public void RateOf_RunThatWasStopped_DividesByTheTimeThatPassed()
    {
        var run = Measurements.Fold([Some.Run(), .. Some.Requests(60).Take(10), Some.End(RunEnding.Aborted) with { At = Some.S(10) }]);

        Assert.Equal(1, run.RateOf(MetricId.RequestRate, All).Value!.Value, 9);
        Assert.Null(run.RateOf(MetricId.RequestRate, All with { Phase = Phase.Recovery }).Value);
    }

    [Fact]
    public void Fold_EveryMetricOfNothing_IsAbsentNotZero()
    {
        var run = Some.Fold(Some.Run());

        Assert.Empty(Summaries.Targets(run)[Some.Candidate].Phases);
    }

    [Fact]
    public void Fold_JournalWithoutItsStart_IsRefused()
    {
        Assert.Throws<JournalException>(() => Measurements.Fold([]));
        Assert.Throws<JournalException>(() => Measurements.Fold([Some.Request(0, 1)]));
    }

    [Fact]
    public void Quantile_AnyFiniteSample_AgreesWithTheNaiveFormula()
    {
        var samples = Gen.ListOf(Gen.Choose(-1000, 1000)).Where(list => list.Count > 0).ToArbitrary();
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(samples, Gen.Choose(0, 1000).ToArbitrary(), (list, permille) =>
        {
            var sorted = list.Select(value => (double)value).Order().ToList();
            var place = (sorted.Count - 1) * (permille / 1000.0);
            var above = Math.Min(sorted.Count - 1, (int)Math.Floor(place) + 1);
            var naive = sorted[(int)Math.Floor(place)] + ((place - Math.Floor(place)) * (sorted[above] - sorted[(int)Math.Floor(place)]));
            return Math.Abs(new Distribution(list.Select(value => (double)value)).Quantile(permille / 1000.0)!.Value - naive) < 1e-9;
        }));
    }

    [Fact]
    public void CountAbove_AnySample_AgreesWithCounting()
    {
        FsCheck.Check.QuickThrowOnFailure(Prop.ForAll(Gen.ListOf(Gen.Choose(0, 9)).ToArbitrary(), Gen.Choose(0, 8).ToArbitrary(), (list, limit) =>
        {
            var values = new Distribution(list.Select(value => value == 9 ? double.PositiveInfinity : value));
            return values.CountAbove(limit, orEqual: false) == list.Count(value => value > limit)
                && values.CountAbove(limit, orEqual: true) == list.Count(value => value >= limit);
        }));
    }

    [Fact]
    public void Quantile_FailuresReachIt_IsInfiniteAndNeverNotANumber()
    {
        var values = new Distribution([1, 2, double.PositiveInfinity, double.PositiveInfinity]);

        Assert.Equal(double.PositiveInfinity, values.Quantile(0.5));
        Assert.Equal(double.PositiveInfinity, values.Quantile(1));
        Assert.Equal(1.5, values.Quantile(0.5 / 3));
        Assert.Null(new Distribution([]).Quantile(0.5));
    }

    private static IEnumerable<double> Sorted(Distribution values) => Enumerable.Range(1, values.Count).Select(values.AtRank);
}
