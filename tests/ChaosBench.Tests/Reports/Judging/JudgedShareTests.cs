using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Tests.Reports.Judging;

public sealed class JudgedShareTests
{
    /// <summary>80 % called right by a judge of sensitivity and specificity 90 %: (0.8 + 0.9 - 1) / 0.8 = 87.5 %.</summary>
    [Theory]
    [InlineData("judged_right >= 70%", FindingVerdict.Pass)]
    [InlineData("judged_right >= 87%", FindingVerdict.Inconclusive)]
    [InlineData("judged_right >= 99%", FindingVerdict.Fail)]
    public void Decide_JudgeWithKnownErrors_CorrectsTheShare(string gate, FindingVerdict verdict)
    {
        var finding = Finding(gate, Judged(90, 90));

        Assert.Equal(verdict, finding.Verdict);
        Assert.Equal(0.875, finding.Observed!.Value, 12);
        Assert.Equal("rogan-gladen bootstrap", finding.Interval!.Method);
        Assert.InRange(0.875, finding.Interval.Low!.Value, finding.Interval.High!.Value);
    }

    /// <summary>The same answers, and fewer known cases: less is known, so the interval is wider.</summary>
    [Fact]
    public void Decide_FewerKnownCases_KnowsLess()
    {
        var (many, few) = (Finding("judged_right >= 50%", Judged(900, 900, of: 1_000)), Finding("judged_right >= 50%", Judged(18, 18, of: 20)));

        Assert.True(few.Interval!.High - few.Interval.Low > 1.2 * (many.Interval!.High - many.Interval.Low));
    }

    [Fact]
    public void Decide_JudgeThatCallsEverythingRight_DecidesNothing()
    {
        var finding = Finding("judged_right >= 50%", Judged(100, 0));

        Assert.Equal((FindingVerdict.Inconclusive, "judge-no-better-than-a-coin"), (finding.Verdict, finding.ReasonCode));
    }

    [Theory]
    [InlineData("judge-unavailable")]
    [InlineData("judge-nonsense")]
    public void Decide_JudgeWithAProblem_IsInconclusiveByItsName(string problem)
    {
        var finding = Finding("judged_right >= 1%", Judged(90, 90) with { Problem = problem, Detail = "it says nothing" });

        Assert.Equal((FindingVerdict.Inconclusive, problem), (finding.Verdict, finding.ReasonCode));
    }

    [Fact]
    public void Decide_NoJudgeWasAsked_IsInconclusive() => Assert.Equal("judge-missing", Finding("judged_right >= 1%", null).ReasonCode);

    private static JournalEvent.Judged Judged(int right, int wrong, int of = 100) => new()
    {
        At = Some.S(61), By = "grader", Answers = 100, Unanswered = 0, Right = of, RightCalledRight = right, Wrong = of, WrongCalledWrong = wrong, Agreement = 1,
    };

    private static Finding Finding(string gate, JournalEvent.Judged? judged)
    {
        IEnumerable<JournalEvent> scores = Enumerable.Range(0, 100).Select(arrival => Some.Score(arrival, arrival < 80 ? 1 : 0, "judged_right"));
        var run = Some.Fold(Some.Run(gate), Some.Requests(100), scores, judged is null ? [] : [judged]);
        return Judge.Decide(run, new RunFacts()).Findings.Single(finding => finding.Objective == gate);
    }
}
