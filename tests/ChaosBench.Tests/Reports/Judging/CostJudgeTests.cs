using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Judging;

/// <summary>100 tokens in and 50 out at 1 and 4 a million: 0.0003 a request.</summary>
public sealed class CostJudgeTests
{
    private const double PerRequest = 0.0003;
    private static readonly Prices Tokens = new(1, 4);

    [Fact]
    public void Decide_EveryAnswerCounts_CostsWhatARequestCosts()
    {
        var finding = Judged("cost_per_success <= 0.00031", Tokens, Some.Requests(200, Priced));

        Assert.Equal((FindingVerdict.Pass, "money"), (finding.Verdict, finding.Unit));
        Assert.Equal(PerRequest, finding.Observed!.Value, 12);
    }

    [Fact]
    public void Decide_FailedAndWrongAnswers_CostAndDoNotCount()
    {
        // A quarter fails after its tokens were made, a quarter is wrong: twice the price.
        var requests = Some.Requests(400, (number, at) => Priced(number, at, number % 4 == 0 ? Outcome.Truncated : Outcome.Completed)).ToList();
        var scores = Enumerable.Range(0, 400).Where(number => number % 4 == 1).Select(number => (JournalEvent)Some.Score(number, 0));

        var finding = Judged("cost_per_success <= 0.0004", Tokens, [.. requests, .. scores]);

        Assert.Equal(2 * PerRequest, finding.Observed!.Value, 9);
        Assert.Equal(FindingVerdict.Fail, finding.Verdict);
        Assert.InRange(finding.Interval!.Low!.Value, 0.0004, 2 * PerRequest);
        Assert.Contains("200 of which count", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_NoAnswerCounts_IsNeverAPass() =>
        Assert.Equal(FindingVerdict.Fail, Judged("cost_per_success <= 100", Tokens, Some.Requests(100, (number, at) => Priced(number, at, Outcome.Truncated))).Verdict);

    [Fact]
    public void Decide_TokensNobodyCounted_IsNotMeasured()
    {
        var finding = Judged("cost_per_success <= 0.0004", Tokens, Some.Requests(100, (number, at) => Priced(number, at) with { OutputTokens = null, InputTokens = null }));

        Assert.Equal((FindingVerdict.Inconclusive, ReasonCodes.NotMeasured), (finding.Verdict, finding.ReasonCode));
    }

    [Fact]
    public void Decide_Devices_ArePaidForWhetherUsedOrNot()
    {
        // 60 s of two devices at 36 an hour are 1.2; 60 answers.
        var finding = Judged("cost_per_success <= 0.03", new Prices(0, 0, 36, 2), Some.Requests(60, Priced));

        Assert.Equal(0.02, finding.Observed!.Value, 9);
        Assert.Equal(60, finding.Samples);
    }

    [Theory]
    [InlineData(1.0, FindingVerdict.Pass)]
    [InlineData(1.1, FindingVerdict.Fail)]
    public void Decide_VersusBaseline_ComparesPricesOfEach(double dearer, FindingVerdict verdict)
    {
        var prices = new Dictionary<string, Prices> { ["candidate"] = new(1 * dearer, 4 * dearer), ["baseline"] = Tokens };
        var run = Some.Run("cost_per_success <= +2% vs baseline") with
        {
            Prices = prices, Targets = new Dictionary<string, string> { ["candidate"] = Some.Candidate, ["baseline"] = Some.Baseline },
        };
        var other = Some.Requests(200, (number, at) => Priced(number + 1_000, at) with { Target = Some.Baseline });

        var finding = Judge.Decide(Some.Fold(run, Some.Requests(200, Priced), other), new RunFacts()).Findings.Single(one => one.Kind == FindingKinds.Gate);

        Assert.Equal((verdict, "relative"), (finding.Verdict, finding.Unit));
        Assert.Equal(dearer - 1, finding.Observed!.Value, 9);
    }

    private static Finding Judged(string gate, Prices prices, IEnumerable<JournalEvent> events) => Judge.Decide(
        Some.Fold(Some.Run(gate) with { Prices = new Dictionary<string, Prices> { ["candidate"] = prices } }, events), new RunFacts())
        .Findings.Single(finding => finding.Kind == FindingKinds.Gate);

    private static JournalEvent.Observation Priced(int arrival, double at) => Priced(arrival, at, Outcome.Completed);

    private static JournalEvent.Observation Priced(int arrival, double at, Outcome outcome) =>
        Some.Request(arrival, at, outcome) with { InputTokens = 100, OutputTokens = 50 };
}
