using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Judging;

/// <summary>20 requests a second for 60 seconds; a fault from 20 s to 30 s.</summary>
public sealed class HypothesisJudgeTests
{
    private static JournalEvent.RunStarted Run(params string[] steady) =>
        Some.Run() with { Faults = [Some.Fault()], SteadyState = [.. steady.Select(Some.Gate)], ChecksAnswers = true };

    private static Measurements Fold(JournalEvent.RunStarted run, Func<double, bool>? fails = null, params JournalEvent[] more) => Some.Fold(
        run, Some.Requests(1200, (arrival, at) => Some.Request(arrival, at, fails?.Invoke(at) == true ? Outcome.Failed : Outcome.Completed)), Some.Broken(), more);

    /// <summary>Two canaries, one every half second each; <paramref name="wrong"/> says when which of them is wrong, <paramref name="falls"/> when there are any.</summary>
    private static Measurements WithCanaries(Func<string, double, bool> wrong, Func<double, bool>? falls = null, JournalEvent.RunStarted? header = null)
    {
        var canaries = new List<JournalEvent>();
        for (var half = 0; half < 120; half++)
        {
            foreach (var (id, offset) in new[] { ("capital", 0), ("river", 1) })
            {
                var (arrival, at) = (2000 + (2 * half) + offset, half * 0.5);
                if (falls?.Invoke(at) == false)
                {
                    continue;
                }

                canaries.Add(Some.Request(arrival, at) with { PromptId = id, Cohort = Some.Cohort(role: PromptRole.Canary, prompts: "canaries") });
                canaries.Add(Some.Score(arrival, wrong(id, at) ? 0 : 1));
            }
        }

        return Some.Fold(header ?? Run(), Some.Requests(1200), Some.Broken(), canaries);
    }

    private static Finding Finding(Measurements run, string objective) =>
        Judge.Decide(run, new RunFacts()).Findings.Single(finding => finding.Kind == FindingKinds.Hypothesis && finding.Objective == objective);

    [Theory]
    [InlineData(HardFailKind.PartialAsComplete, "no partial answer presented as complete")]
    [InlineData(HardFailKind.NotANumber, "no NaN in an answer")]
    [InlineData(HardFailKind.CrossedAnswer, "no answer of another request")]
    public void Decide_OneHardFail_FailsTheRunWithoutAnyGate(HardFailKind kind, string objective)
    {
        var run = Fold(Run(), null, new JournalEvent.HardFail { At = Some.S(25), Arrival = 500, Kind = kind, Detail = "3 of 9 characters" });
        var summary = Judge.Decide(run, new RunFacts());
        var finding = Finding(run, objective);

        Assert.Equal(RunVerdict.Fail, summary.Verdict);
        Assert.Equal(FindingVerdict.Fail, finding.Verdict);
        Assert.Equal(1, finding.Observed);
        Assert.Equal(1200, finding.Samples);
        Assert.Contains("the first is request 500: 3 of 9 characters", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_NoHardFail_SaysOverHowManyAnswers()
    {
        Assert.Equal("None of 1200 answers.", Finding(Fold(Run()), "no NaN in an answer").Advice);
        Assert.Equal(RunVerdict.Pass, Judge.Decide(Fold(Run()), new RunFacts()).Verdict);
    }

    [Fact]
    public void Decide_AnswersNotLookedAt_ClaimsNothingOfThem() =>
        Assert.DoesNotContain(
            Judge.Decide(Fold(Run() with { ChecksAnswers = null }), new RunFacts()).Findings, finding => finding.Kind == FindingKinds.Hypothesis);

    [Fact]
    public void Hypothesis_Windows_AreCountedBeforeDuringAndAfter()
    {
        // Bad from 22 to 25 and from 31 to 33: three windows while the fault was active, two after it.
        var hypothesis = Fold(Run("error_rate <= 1%"), at => at is (>= 22 and < 25) or (>= 31 and < 33)).Hypothesis!;

        Assert.Equal((20, 20), (hypothesis.Before.Windows, hypothesis.Before.Held));
        Assert.Equal((10, 7, 3.0), (hypothesis.During.Windows, hypothesis.During.Held, hypothesis.During.LongestBreak));
        Assert.Equal((30, 28, 2.0), (hypothesis.After.Windows, hypothesis.After.Held, hypothesis.After.LongestBreak));
        Assert.Null(hypothesis.BrokenSince);
    }

    [Fact]
    public void Decide_BrokenAtTheEnd_FailsWhereASteadyStateWasDeclared()
    {
        var run = Fold(Run("error_rate <= 1%"), at => at >= 50);

        Assert.Equal(30, run.Hypothesis!.BrokenSince);
        Assert.Equal(RunVerdict.Fail, Judge.Decide(run, new RunFacts()).Verdict);
        Assert.Equal(FindingVerdict.Fail, Finding(run, "steady state back at the end").Verdict);
        Assert.Equal(RunVerdict.Pass, Judge.Decide(Fold(Run(), at => at >= 50), new RunFacts()).Verdict);
    }

    [Fact]
    public void Canaries_WrongWhileTheFaultIsActive_AreSilentlyWrongAndNoDamageThatStays()
    {
        var run = WithCanaries((id, at) => id == "river" && at is >= 22 and < 28);
        var canaries = run.Faults[0].Canaries!;

        Assert.Equal((new CanaryCount(80, 80), new CanaryCount(40, 28)), (canaries.Before, canaries.During with { }));
        Assert.Equal((1, 2), (canaries.SilentlyWrong, canaries.Paired));
        Assert.Empty(canaries.Spoilt);
        Assert.Equal(FindingVerdict.Pass, Finding(run, "canaries right after kill-1").Verdict);
    }

    [Fact]
    public void Canaries_WrongAfterwards_AreDamageThatStays()
    {
        var run = WithCanaries((id, at) => id == "river" && at >= 35);
        var finding = Finding(run, "canaries right after kill-1");

        Assert.Equal(["river"], run.Faults[0].Canaries!.Spoilt);
        Assert.Equal(FindingVerdict.Fail, finding.Verdict);
        Assert.Equal("1 of 2 canaries that were always right before kill-1 were answered wrong after it was lifted, for example river: something of it stayed.", finding.Advice);
        Assert.Equal(RunVerdict.Fail, Judge.Decide(run, new RunFacts()).Verdict);
    }

    [Fact]
    public void Canaries_WrongBeforeToo_SayNothingOfTheFault()
    {
        var run = WithCanaries((id, at) => id == "river" && (at is < 5 or >= 35));

        Assert.Equal(1, run.Faults[0].Canaries!.Paired);
        Assert.Equal(FindingVerdict.Pass, Finding(run, "canaries right after kill-1").Verdict);
    }

    [Theory]
    [InlineData(20, 60, "No canary was due before it: whether kill-1 leaves wrong answers behind is not known.")]
    [InlineData(0, 20, "No canary was due while it was active")]
    [InlineData(0, 30, "No canary was due after it was lifted")]
    public void Canaries_APartWithoutAny_IsInconclusiveWithTheReason(double from, double to, string reason)
    {
        var run = WithCanaries((_, _) => false, at => at >= from && at < to, Run() with { Gates = [Some.Gate("error_rate <= 5%")] });
        var finding = Finding(run, "canaries right after kill-1");

        Assert.Equal((FindingVerdict.Inconclusive, ReasonCodes.TooFewSamples), (finding.Verdict, finding.ReasonCode));
        Assert.StartsWith(reason, finding.Advice, StringComparison.Ordinal);
        Assert.Equal(RunVerdict.Inconclusive, Judge.Decide(run, new RunFacts()).Verdict);
    }

    [Fact]
    public void Canaries_NoneDuringTheFault_IsInconclusiveThoughTheOthersWereRight()
    {
        var finding = Finding(WithCanaries((_, _) => false, at => at is < 19 or >= 31), "canaries right after kill-1");

        Assert.Equal(FindingVerdict.Inconclusive, finding.Verdict);
        Assert.Contains("while it was active", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Canaries_NeverRightBefore_IsInconclusive()
    {
        var finding = Finding(WithCanaries((_, at) => at < 20), "canaries right after kill-1");

        Assert.Equal(FindingVerdict.Inconclusive, finding.Verdict);
        Assert.Contains("No canary that was always right before it was asked again", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Canaries_NoneInTheMix_ClaimNothing() =>
        Assert.DoesNotContain(
            Judge.Decide(Fold(Run()), new RunFacts()).Findings, finding => finding.Objective.StartsWith("canaries right", StringComparison.Ordinal));
}
