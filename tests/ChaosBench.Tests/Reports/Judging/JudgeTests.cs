using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Judging;

public sealed class JudgeTests
{
    private static Summary Decide(JournalEvent.RunStarted run, params IEnumerable<JournalEvent>[] parts) =>
        Judge.Decide(Some.Fold(run, parts), new RunFacts());

    /// <summary><paramref name="bad"/> of <paramref name="count"/> requests fail, spread evenly.</summary>
    private static IEnumerable<JournalEvent> Failing(int bad, int count) => Some.Requests(count, (arrival, at) =>
        Some.Request(arrival, at, bad > 0 && arrival % (count / bad) == 0 && arrival / (count / bad) < bad ? Outcome.Failed : Outcome.Completed));

    private static IEnumerable<JournalEvent> Graded(int right, int count)
    {
        var requests = Some.Requests(count, (arrival, at) => Some.Request(arrival, at) with { Cohort = Some.Cohort(grader: GraderKind.Exact) });
        return requests.Concat(Enumerable.Range(0, count).Select(arrival => Some.Score(arrival, arrival < right ? 1 : 0)));
    }

    [Theory]
    [InlineData("error_rate <= 1%", 0, 267, FindingVerdict.Inconclusive, ReasonCodes.TooFewSamples)]
    [InlineData("error_rate <= 1%", 0, 268, FindingVerdict.Pass, ReasonCodes.Held)]
    [InlineData("error_rate <= 1%", 4, 400, FindingVerdict.Inconclusive, ReasonCodes.Straddles)]
    [InlineData("error_rate <= 1%", 20, 400, FindingVerdict.Fail, ReasonCodes.Broken)]
    [InlineData("error_rate <= 1%", 9, 9, FindingVerdict.Inconclusive, ReasonCodes.TooFewSamples)]
    [InlineData("error_rate <= 1%", 10, 10, FindingVerdict.Fail, ReasonCodes.Broken)]
    [InlineData("error_rate <= 0%", 0, 20, FindingVerdict.Pass, ReasonCodes.Held)]
    [InlineData("error_rate <= 0%", 1, 400, FindingVerdict.Fail, ReasonCodes.Broken)]
    [InlineData("attainment >= 95%", 0, 51, FindingVerdict.Inconclusive, ReasonCodes.TooFewSamples)]
    [InlineData("attainment >= 95%", 0, 52, FindingVerdict.Pass, ReasonCodes.Held)]
    [InlineData("p99 ttft < 0.8", 0, 298, FindingVerdict.Inconclusive, ReasonCodes.TooFewSamples)]
    [InlineData("p99 ttft < 0.8", 0, 299, FindingVerdict.Pass, ReasonCodes.Held)]
    [InlineData("p99 ttft < 0.8", 4, 400, FindingVerdict.Inconclusive, ReasonCodes.Straddles)]
    [InlineData("p99 ttft < 0.8", 20, 400, FindingVerdict.Fail, ReasonCodes.Broken)]
    [InlineData("p95 ttft < 0.8", 0, 58, FindingVerdict.Inconclusive, ReasonCodes.TooFewSamples)]
    [InlineData("p95 ttft < 0.8", 0, 59, FindingVerdict.Pass, ReasonCodes.Held)]
    [InlineData("p50 ttft < 0.05", 0, 60, FindingVerdict.Fail, ReasonCodes.Broken)]
    [InlineData("p50 ttft > 0.05", 0, 60, FindingVerdict.Pass, ReasonCodes.Held)]
    [InlineData("max ttft <= 0.1", 0, 5, FindingVerdict.Pass, ReasonCodes.Held)]
    [InlineData("max ttft < 0.1", 0, 5, FindingVerdict.Fail, ReasonCodes.Broken)]
    [InlineData("max ttft < 9", 1, 60, FindingVerdict.Fail, ReasonCodes.Broken)]
    [InlineData("mean e2e < 0.5", 0, 60, FindingVerdict.Pass, ReasonCodes.Held)]
    [InlineData("mean e2e < 0.5", 1, 60, FindingVerdict.Fail, ReasonCodes.Broken)]
    [InlineData("goodput >= 5", 0, 600, FindingVerdict.Pass, ReasonCodes.Held)]
    [InlineData("goodput >= 15", 0, 600, FindingVerdict.Fail, ReasonCodes.Broken)]
    [InlineData("accuracy >= 95%", 0, 400, FindingVerdict.Inconclusive, ReasonCodes.NotMeasured)]
    [InlineData("residual_recovery <= 10", 0, 400, FindingVerdict.Inconclusive, ReasonCodes.NotMeasured)]
    public void Decide_FixedLimit_IsThreeValued(string gate, int failed, int count, FindingVerdict verdict, string reason)
    {
        var summary = Decide(Some.Run(gate), Failing(failed, count));
        var finding = summary.Findings.Single(finding => finding.Kind == FindingKinds.Gate);

        Assert.Equal((verdict, reason), (finding.Verdict, finding.ReasonCode));
        Assert.Equal(Enum.Parse<RunVerdict>(verdict.ToString()), summary.Verdict);
        Assert.Equal(verdict switch { FindingVerdict.Pass => 0, FindingVerdict.Fail => 1, _ => 2 }, summary.ExitCode);
        Assert.EndsWith(".", finding.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, 100, FindingVerdict.Pass)]
    [InlineData(93, 100, FindingVerdict.Inconclusive)]
    [InlineData(37, 100, FindingVerdict.Fail)]
    public void Decide_Accuracy_IsAShareOfGradedAnswers(int right, int count, FindingVerdict verdict)
    {
        var finding = Decide(Some.Run("accuracy >= 95%"), Graded(right, count)).Findings[0];

        Assert.Equal(verdict, finding.Verdict);
        Assert.Equal("wilson", finding.Interval!.Method);
        Assert.Equal(right / (double)count, finding.Observed!.Value, 9);
    }

    [Fact]
    public void Decide_WrongModel_TellsAManagerWhy()
    {
        var summary = Decide(Some.Run("accuracy >= 95%", "p99 ttft < 0.8"), Graded(149, 400));

        Assert.Equal(
            "candidate-v2 must not be promoted: 37.3 % of 400 graded answers were right; the gate asks for at least 95 %.", summary.Headline);
        Assert.Equal(1, summary.ExitCode);
    }

    [Fact]
    public void Decide_TooFewSamples_SaysHowManyMore()
    {
        var finding = Decide(Some.Run("error_rate <= 1%"), Failing(0, 200)).Findings[0];

        Assert.Contains("at least 268 samples: 68 more than the 200 there are", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_InfinitePercentile_IsReportedAsInfinity()
    {
        var finding = Decide(Some.Run("p99 e2e < 2"), Failing(40, 400)).Findings[0];

        Assert.Equal(double.PositiveInfinity, finding.Observed);
        Assert.Equal(double.PositiveInfinity, finding.Interval!.High);
        Assert.Equal("order-statistic", finding.Interval.Method);
        Assert.Contains("never reached", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_PhaseAndCohort_JudgeOnlyThose()
    {
        var gates = new[] { Phase.Baseline, Phase.Fault }.Select(phase => Some.Gate("error_rate <= 1%") with { Phase = phase });
        var cohort = Some.Gate("error_rate <= 1%") with { Cohort = new Dictionary<string, string> { ["prompts"] = "mischief" } };
        var requests = Some.Requests(1200, (arrival, at) =>
            Some.Request(arrival, at, at is >= 20 and < 40 ? Outcome.Refused : Outcome.Completed));

        var findings = Decide(Some.Run() with { Gates = [.. gates, cohort] }, requests).Findings.Where(finding => finding.Kind == FindingKinds.Gate);

        Assert.Equal(
            [("fault", FindingVerdict.Fail), ("all", FindingVerdict.Inconclusive), ("baseline", FindingVerdict.Pass)],
            findings.Select(finding => (finding.Phase, finding.Verdict)));
    }

    [Theory]
    [InlineData(GateKind.Gate, true, RunVerdict.Fail)]
    [InlineData(GateKind.Gate, false, RunVerdict.Inconclusive)]
    [InlineData(GateKind.Guard, true, RunVerdict.Fail)]
    [InlineData(GateKind.Guard, false, RunVerdict.Pass)]
    [InlineData(GateKind.Info, true, RunVerdict.Pass)]
    [InlineData(GateKind.Info, false, RunVerdict.Pass)]
    public void Decide_KindOfGate_SaysWhatItMayDecide(GateKind kind, bool fails, RunVerdict verdict)
    {
        var judged = Some.Gate(fails ? "max ttft < 0.05" : "accuracy >= 95%") with { Kind = kind };

        Assert.Equal(verdict, Decide(Some.Run("p50 ttft < 0.8") with { Gates = [Some.Gate("p50 ttft < 0.8"), judged] }, Failing(0, 60)).Verdict);
    }

    [Fact]
    public void Decide_NoGates_ReportsAndPasses()
    {
        var summary = Decide(Some.Run(), Failing(30, 60));

        Assert.Equal((RunVerdict.Pass, 0), (summary.Verdict, summary.ExitCode));
        Assert.Contains("no gates", summary.Headline, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_FailAndInconclusiveTogether_Fails()
    {
        Assert.Equal(RunVerdict.Fail, Decide(Some.Run("accuracy >= 95%", "max ttft < 0.05"), Failing(0, 60)).Verdict);
    }

    [Theory]
    [InlineData(0.009, RunVerdict.Fail, "max ttft < 0.05")]
    [InlineData(0.011, RunVerdict.Inconclusive, "max ttft < 0.05")]
    [InlineData(0.039, RunVerdict.Pass, "max ttft < 0.8")]
    [InlineData(0.041, RunVerdict.Inconclusive, "max ttft < 0.8")]
    public void Decide_LateGenerator_IsInconclusiveAndSaysSo(double lag, RunVerdict verdict, string gate)
    {
        var late = Some.Requests(60, (arrival, at) => Some.Request(arrival, at) with { Sent = Some.S(at + lag) });

        var summary = Decide(Some.Run(gate), late);

        Assert.Equal(verdict, summary.Verdict);
        Assert.Equal(verdict == RunVerdict.Inconclusive, summary.Generator.Limited.Count == 1);
        Assert.Equal(verdict == RunVerdict.Inconclusive, summary.Findings.Any(finding => finding.Kind == FindingKinds.Gate && finding.ReasonCode == ReasonCodes.GeneratorLimited));
    }

    [Fact]
    public void Decide_UnsentArrivals_MakeTheGeneratorTheLimit()
    {
        var unsent = Some.Requests(100, (arrival, at) =>
            arrival < 3 ? Some.Request(arrival, at, Outcome.NotSent) with { Sent = null } : Some.Request(arrival, at));

        var summary = Decide(Some.Run("max ttft < 9") with { PlannedArrivals = 100 }, unsent);

        Assert.Equal(RunVerdict.Inconclusive, summary.Verdict);
        Assert.Equal(0.97, summary.Generator.AchievedOverPlanned!.Value, 9);
    }

    [Fact]
    public void Decide_ArrivalsWithoutOutcome_AreNotPassedOver()
    {
        var summary = Decide(Some.Run("max ttft < 9") with { PlannedArrivals = 61 }, Failing(0, 60));

        Assert.Equal(RunVerdict.Inconclusive, summary.Verdict);
        Assert.Contains("61 requests were planned and 60 have an outcome", summary.Reasons[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, RunVerdict.Inconclusive)]
    [InlineData(true, RunVerdict.Pass)]
    public void Decide_BusyGenerator_CountsOnlyWhereTheModelIsElsewhere(bool inProcess, RunVerdict verdict)
    {
        var samples = Enumerable.Range(0, 60).Select(second => new JournalEvent.GeneratorSample
        {
            At = Some.S(second), InFlight = 1, ProcessCpu = 1.9, GcPause = 0, ThreadPoolQueue = 0,
        });
        var run = Some.Fold(Some.Run("max ttft < 9"), Failing(0, 60), samples);

        Assert.Equal(verdict, Judge.Decide(run, new RunFacts { InProcess = inProcess, Cores = 2 }).Verdict);
    }

    [Theory]
    [InlineData(0.5, 0L, RunVerdict.Pass)]
    [InlineData(0.97, 0L, RunVerdict.Inconclusive)]
    [InlineData(0.5, 3L, RunVerdict.Inconclusive)]
    public void Decide_EngineThreadsOrSocketsUsedUp_IsTheGeneratorsFault(double busy, long errors, RunVerdict verdict)
    {
        var samples = Enumerable.Range(0, 60).Select(second => new JournalEvent.GeneratorSample
        {
            At = Some.S(second), InFlight = 1, ProcessCpu = 0.5, GcPause = 0, ThreadPoolQueue = 0,
            EngineBusy = busy, SocketErrors = second == 0 ? errors : 0,
        });
        var run = Some.Fold(Some.Run("max ttft < 9"), Failing(0, 60), samples);

        Assert.Equal(verdict, Judge.Decide(run, new RunFacts { Cores = 2 }).Verdict);
    }

    [Theory]
    [InlineData(RunEnding.Aborted, HealState.Verified, RunVerdict.Aborted, 3)]
    [InlineData(RunEnding.Cancelled, HealState.Verified, RunVerdict.Cancelled, 130)]
    [InlineData(RunEnding.Broken, HealState.NotNeeded, RunVerdict.Error, 3)]
    [InlineData(RunEnding.CandidateUnavailable, HealState.NotNeeded, RunVerdict.Fail, 1)]
    [InlineData(RunEnding.Completed, HealState.Verified, RunVerdict.Pass, 0)]
    [InlineData(RunEnding.Completed, HealState.Failed, RunVerdict.Error, 3)]
    [InlineData(RunEnding.Completed, HealState.Unverified, RunVerdict.Error, 3)]
    [InlineData(RunEnding.Cancelled, HealState.Failed, RunVerdict.Error, 3)]
    public void Decide_Ending_HasItsVerdictAndExitCode(RunEnding ending, HealState healed, RunVerdict verdict, int exitCode)
    {
        var run = Measurements.Fold([Some.Run("max ttft < 9"), .. Failing(0, 60), Some.End(ending, healed, "because")]);

        var summary = Judge.Decide(run, new RunFacts());

        Assert.Equal((verdict, exitCode), (summary.Verdict, summary.ExitCode));
        Assert.Equal(ending != RunEnding.Completed, summary.Reasons.Any(reason => reason.Contains("because", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(RunEnding.Cancelled)]
    [InlineData(RunEnding.Aborted)]
    [InlineData(RunEnding.Broken)]
    public void Decide_RunCutShort_BlamesNoGateOnTheTarget(RunEnding ending)
    {
        var run = Measurements.Fold([Some.Run("error_rate <= 1%"), .. Failing(60, 60), Some.End(ending, HealState.NotNeeded, "because")]);

        var finding = Judge.Decide(run, new RunFacts()).Findings.Single(found => found.Kind == FindingKinds.Gate);

        Assert.Equal((FindingVerdict.Inconclusive, ReasonCodes.RunCutShort), (finding.Verdict, finding.ReasonCode));
    }

    [Fact]
    public void Decide_JournalOfAKilledRun_IsAnError()
    {
        var summary = Judge.Decide(Measurements.Fold([Some.Run("max ttft < 9"), .. Failing(0, 60)]), new RunFacts { JournalTruncated = true });

        Assert.Equal((RunVerdict.Error, 3), (summary.Verdict, summary.ExitCode));
        Assert.Contains("killed", summary.Headline, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(InconclusivePolicy.Keep, 2)]
    [InlineData(InconclusivePolicy.Fail, 1)]
    [InlineData(InconclusivePolicy.Warn, 0)]
    [InlineData(InconclusivePolicy.Pass, 0)]
    public void Decide_InconclusivePolicy_ChangesTheExitCodeAndNotTheVerdict(InconclusivePolicy policy, int exitCode)
    {
        var summary = Judge.Decide(Some.Fold(Some.Run("accuracy >= 95%"), Failing(0, 60)), new RunFacts { Inconclusive = policy });

        Assert.Equal((RunVerdict.Inconclusive, exitCode), (summary.Verdict, summary.ExitCode));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1, 2, 1, 0)]
    [InlineData(2, 0, 2)]
    [InlineData(3, 1, 3, 2, 0)]
    [InlineData(4, 3, 1, 4)]
    [InlineData(130, 1, 130, 0)]
    public void Merge_SeveralScenarios_TheWorstDecides(int merged, params int[] codes) => Assert.Equal(merged, ExitCodes.Merge(codes));

    [Fact]
    public void Decide_Counts_NameEveryOutcomeAndAddUp()
    {
        var counts = Decide(Some.Run(), Failing(5, 60)).Counts;

        Assert.Equal(60, counts["arrivals"]);
        Assert.Equal(5, counts["failed"]);
        Assert.Equal(0, counts["timed-out"]);
        Assert.Equal(Enum.GetValues<Outcome>().Length + 1, counts.Count);
        Assert.Equal(counts["arrivals"], counts.Where(count => count.Key != "arrivals").Sum(count => count.Value));
    }

    [Fact]
    public void Decide_Summary_LeavesOutPercentilesItCannotBound()
    {
        var metrics = Decide(Some.Run(), Failing(0, 60)).Targets[Some.Candidate].Phases;

        Assert.Equal(["baseline", "fault", "recovery", "all"], metrics.Keys);
        var ttft = metrics["all"]["ttft"];
        Assert.Equal(60, ttft.Count);
        Assert.NotNull(ttft.P95);
        Assert.Null(ttft.P99);
        Assert.DoesNotContain("accuracy", metrics["all"].Keys);
    }
}
