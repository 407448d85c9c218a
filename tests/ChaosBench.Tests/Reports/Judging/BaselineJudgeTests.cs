using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Judging;

public sealed class BaselineJudgeTests
{
    /// <summary>Both versions, block by block, 20 requests each; <paramref name="factor"/> is the candidate's slowness in a block.</summary>
    private static Finding Compare(string gate, int blocks, Func<int, double> factor, Func<int, int, bool>? right = null, Outcome outcome = Outcome.Completed)
    {
        var events = new List<JournalEvent>();
        for (var number = 0; number < blocks * 40; number++)
        {
            var (block, candidate) = (number / 40, number % 2 == 0);
            // No two blocks are alike to the last digit, as in life.
            var slow = 0.1 * (1 + ((number / 2) % 20 * 0.01)) * (1 + (1e-6 * block)) * (candidate ? factor(block) : 1);
            events.Add(Some.Request(number, number * 60.0 / (blocks * 40), candidate ? outcome : Outcome.Completed, slow) with
            {
                Target = candidate ? Some.Candidate : Some.Baseline, Block = block, Cohort = Some.Cohort(grader: GraderKind.Exact),
            });
            events.Add(Some.Score(number, !candidate || right is null || right(block, number % 40 / 2) ? 1 : 0));
        }

        var run = Some.Run(gate) with
        {
            Targets = new Dictionary<string, string> { ["candidate"] = Some.Candidate, ["baseline"] = Some.Baseline },
        };
        return Judge.Decide(Some.Fold(run, events), new RunFacts()).Findings.Single(finding => finding.Kind == FindingKinds.Gate);
    }

    [Theory]
    [InlineData("p50 ttft <= +5% vs baseline", 1.00, FindingVerdict.Pass)]
    [InlineData("p50 ttft <= +5% vs baseline", 1.04, FindingVerdict.Pass)]
    [InlineData("p50 ttft <= +5% vs baseline", 1.20, FindingVerdict.Fail)]
    [InlineData("p50 ttft <= 0.02 vs baseline", 1.05, FindingVerdict.Pass)]
    [InlineData("p50 ttft <= 0.002 vs baseline", 1.20, FindingVerdict.Fail)]
    public void Decide_SteadyDifference_IsJudgedByItsSize(string gate, double factor, FindingVerdict verdict)
    {
        // A little noise from block to block, or there is nothing to take a deviation of.
        var finding = Compare(gate, 10, block => factor * (1 + (0.001 * (block % 3))));

        Assert.Equal(verdict, finding.Verdict);
        Assert.Equal("exceedances", finding.Interval!.Method);
        Assert.Equal(10, finding.Samples);
        Assert.NotNull(finding.BaselineObserved);
    }

    [Fact]
    public void Decide_NoisyBlocks_AreInconclusive()
    {
        var finding = Compare("p50 ttft <= +5% vs baseline", 8, block => block % 2 == 0 ? 0.8 : 1.3);

        Assert.Equal((FindingVerdict.Inconclusive, ReasonCodes.Straddles), (finding.Verdict, finding.ReasonCode));
        Assert.Equal("relative", finding.Unit);
    }

    [Fact]
    public void Decide_NoisyBlocks_SayHowManyMoreWouldDecide()
    {
        var finding = Compare("p50 ttft <= +5% vs baseline", 8, block => block % 2 == 0 ? 0.95 : 1.1);

        Assert.Equal(FindingVerdict.Inconclusive, finding.Verdict);
        Assert.InRange(finding.MorePairs!.Value, 1, 200);
        Assert.InRange(finding.Chance!.Value, 0.5, 0.95);
        Assert.Contains($"About {finding.MorePairs} more pairs would decide it if the rest looks the same: a run about ", finding.Advice, StringComparison.Ordinal);

        // As many again of the same kind, and the side is clear.
        var more = Compare("p50 ttft <= +5% vs baseline", 8 + (int)finding.MorePairs.Value + 2, block => block % 2 == 0 ? 0.95 : 1.1);
        Assert.Equal(FindingVerdict.Pass, more.Verdict);
        Assert.Null(more.MorePairs);
    }

    [Theory]
    [InlineData("p50 ttft <= +5% vs baseline", 1.00, @"% over 10 pairs of blocks, at most \+[01](\.\d+)? % with 95 % confidence; the gate asks for at most \+5 % vs baseline\.$")]
    [InlineData("p50 ttft <= +5% vs baseline", 1.20, @"% over 10 pairs of blocks, at least \+(19|20)(\.\d+)? % with 95 % confidence; the gate asks for at most \+5 % vs baseline\.$")]
    public void Decide_Difference_IsToldWithTheBoundThatDecided(string gate, double factor, string expected) =>
        Assert.Matches(expected, Compare(gate, 10, block => factor * (1 + (0.001 * (block % 3)))).Advice);

    [Theory]
    [InlineData("accuracy >= -0.03 vs baseline", FindingVerdict.Pass)]
    [InlineData("accuracy >= 0.03 vs baseline", FindingVerdict.Fail)]
    public void Decide_BlocksAllAlike_HaveNoIntervalOfNoWidth(string gate, FindingVerdict verdict)
    {
        var finding = Compare(gate, 10, _ => 1);

        Assert.Equal(verdict, finding.Verdict);
        Assert.Null(finding.Interval);
        Assert.Equal(0, finding.Observed);
        Assert.Contains("100 % against 100 % of the baseline; 0 pp in each of 10 pairs of blocks", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_FourBlocks_AreTooFew() =>
        Assert.Equal(ReasonCodes.TooFewBlocks, Compare("p50 ttft <= +5% vs baseline", 4, _ => 1).ReasonCode);

    [Fact]
    public void Decide_TailOfRequests_IsJudgedOverAllBlocksTogether()
    {
        var finding = Compare("p99 ttft <= +5% vs baseline", 40, block => 1 + (0.001 * (block % 3)));

        Assert.Equal((FindingVerdict.Pass, 40), (finding.Verdict, finding.Samples));
        Assert.Equal("exceedances", finding.Interval!.Method);
    }

    [Fact]
    public void Decide_TailWithTooFewValues_SaysThatThereIsNoBound()
    {
        // 5 blocks of 20: a p99 is one value of a hundred.
        var finding = Compare("p99 ttft <= +5% vs baseline", 5, block => 1 + (0.001 * (block % 3)));

        Assert.Equal(FindingVerdict.Inconclusive, finding.Verdict);
        Assert.Contains("with too few values that far out for any bound", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_CandidateFailsEveryRequest_FailsThoughThereIsNoMean()
    {
        var finding = Compare("p50 ttft <= +5% vs baseline", 8, _ => 1, outcome: Outcome.Failed);

        Assert.Equal(FindingVerdict.Fail, finding.Verdict);
        Assert.Null(finding.Interval);
        Assert.DoesNotContain("NaN", finding.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, FindingVerdict.Pass)]
    [InlineData(4, FindingVerdict.Fail)]
    public void Decide_Accuracy_IsADifferenceOfSharesByBlock(int wrong, FindingVerdict verdict)
    {
        var finding = Compare("accuracy >= -5% vs baseline", 10, _ => 1, (block, number) => number >= wrong + (wrong > 0 ? block % 2 : 0));
        var points = Compare("accuracy >= -0.05 vs baseline", 10, _ => 1, (block, number) => number >= wrong + (wrong > 0 ? block % 2 : 0));

        Assert.Equal(verdict, finding.Verdict);
        Assert.Equal(verdict, points.Verdict);
        Assert.Equal(("pp", -5.0, "share"), (points.Unit, points.Limit, points.BaselineUnit));
        Assert.Equal(wrong == 0 ? 0 : -22.5, points.Observed!.Value, 6);
        Assert.Contains("pp", points.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_NoBaselineInTheRun_SaysSo()
    {
        var run = Some.Fold(Some.Run("p50 ttft <= +5% vs baseline"), Some.Requests(60));

        var finding = Judge.Decide(run, new RunFacts()).Findings[0];

        Assert.Equal((FindingVerdict.Inconclusive, ReasonCodes.BaselineMissing), (finding.Verdict, finding.ReasonCode));
    }

    /// <summary>Five pairs of which one is an outlier: Student's t and the exact test over their signs do not agree.</summary>
    [Theory]
    [InlineData(5, FindingVerdict.Pass)]
    [InlineData(7, FindingVerdict.Pass)]
    public void Decide_FewPairs_MustStandTheExactTestToo(int blocks, FindingVerdict verdict)
    {
        Assert.Equal(verdict, Compare("mean ttft <= +5% vs baseline", blocks, block => 1 + (0.001 * (block % 3))).Verdict);

        // All but one well below the limit, that one just above it: the mean is clear, but 2 of 32 patterns of signs are at least as good.
        var mixed = Compare("mean ttft <= +5% vs baseline", 5, block => block == 4 ? 1.0505 : 0.9 + (0.001 * block));
        Assert.Equal(FindingVerdict.Inconclusive, mixed.Verdict);
        Assert.EndsWith("But 5 pairs are few, and the exact test of their signs leaves a chance of 6.3 %; from 8 pairs on the interval alone decides.", mixed.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_SharesAllAlikeInFewRequests_AreNoPass()
    {
        var finding = Compare("accuracy >= -0.01 vs baseline", 8, _ => 1);

        Assert.Equal(FindingVerdict.Inconclusive, finding.Verdict);
        Assert.EndsWith(" None of 160 requests differed, and a difference of that size would go unseen in so few; it takes 299.", finding.Advice, StringComparison.Ordinal);
    }
}
