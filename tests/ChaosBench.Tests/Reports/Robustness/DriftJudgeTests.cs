using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Robustness;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Reports.Robustness;

public sealed class DriftJudgeTests
{
    [Fact]
    public void Decide_SameLaw_StaysWithin()
    {
        // 40 runs of the same law: Holm keeps false alarms to about one in twenty.
        var drifted = Enumerable.Range(1, 40).Count(run => Judged(Answers(run), Answers(1_000 + run)).Verdict == FindingVerdict.Fail);

        Assert.InRange(drifted, 0, 5);
    }

    [Fact]
    public void Decide_AnswersGotLonger_FailsAndNamesTheProperty()
    {
        var finding = Judged(Answers(1), Answers(2, longer: 8));

        Assert.Equal((FindingVerdict.Fail, "broken"), (finding.Verdict, finding.ReasonCode));
        Assert.Contains("answer characters: KS", finding.Advice, StringComparison.Ordinal);
        Assert.Contains("Wasserstein", finding.Advice, StringComparison.Ordinal);
        Assert.Contains(finding.Parts!, part => part is { Name: "answer characters", Verdict: FindingVerdict.Fail });
    }

    [Fact]
    public void Decide_AnswersAreCutOff_FinishReasonTells() =>
        Assert.Contains(Judged(Answers(1), Answers(2, cut: 3)).Parts!, part => part is { Name: "answer finish reason", Verdict: FindingVerdict.Fail });

    [Fact]
    public void Decide_TooFewAnswers_IsInconclusive() =>
        Assert.Equal((FindingVerdict.Inconclusive, ReasonCodes.TooFewSamples), (Judged(Answers(1), Answers(2, count: 30)).Verdict, Judged(Answers(1), Answers(2, count: 30)).ReasonCode));

    [Fact]
    public void Decide_NoReference_IsNotMeasured() =>
        Assert.Equal(ReasonCodes.NotMeasured, Judge.Decide(Some.Fold(Some.Run("output_drift <= 0"), Answers(1)), new RunFacts()).Findings.Single(one => one.Kind == FindingKinds.Gate).ReasonCode);

    private static Finding Judged(IEnumerable<JournalEvent> then, IEnumerable<JournalEvent> now)
    {
        var reference = DriftProfile.Of(Some.Fold(Some.Run(), then), "earlier");
        var run = Some.Run("output_drift <= 0") with { Reference = reference };
        return Judge.Decide(Some.Fold(run, now), new RunFacts()).Findings.Single(finding => finding.Kind == FindingKinds.Gate);
    }

    private static IEnumerable<JournalEvent> Answers(int seed, int longer = 0, int cut = 0, int count = 200)
    {
        var random = KeyedHash.Stream((ulong)seed, "answers");
        return [.. Some.Requests(count, (number, at) => Some.Request(number, at) with
        {
            OutputChars = 80 + random.Next(20) + longer,
            OutputTokens = 20 + random.Next(8),
            FinishReason = cut > 0 && number % cut == 0 ? "length" : random.Next(20) == 0 ? "length" : "stop",
        })];
    }
}
