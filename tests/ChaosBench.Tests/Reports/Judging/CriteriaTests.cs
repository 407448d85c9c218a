using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Judging;

public sealed class CriteriaTests
{
    [Theory]
    [InlineData("p95 e2e <= +25% vs baseline", "The p95 time to the whole answer must be at most +25 % from the baseline's. That is what 95 of 100 requests stay within; one that failed counts as infinitely late.")]
    [InlineData("accuracy >= -0.03 vs baseline", "The share of graded answers that were right must be at least -3 pp from the baseline's.")]
    [InlineData("error_rate <= 5%", "The share of requests that failed must be at most 5 %.")]
    [InlineData("max ttft < 2", "The max time to first token must be less than 2 s.")]
    public void Sentence_Gate_IsPlain(string gate, string expected) => Assert.Equal(expected, Criteria.Sentence(Some.Gate(gate)));

    [Fact]
    public void Sentence_EveryMetricAndKind_HasWords()
    {
        foreach (var metric in Enum.GetValues<MetricId>())
        {
            foreach (var kind in Enum.GetValues<GateKind>())
            {
                var sentence = Criteria.Sentence(Some.Gate("error_rate <= 5%") with { Metric = metric, Kind = kind });

                Assert.EndsWith(".", sentence, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Account_BrokenGate_SaysPromisedSeenByHowMuchAndHowSure()
    {
        var lines = Criteria.Account(Broken()).ToDictionary(line => line.Name, line => line.Text);

        Assert.Equal("p95 ttft <= 1: 1 s", lines["Promised"]);
        Assert.Equal("1.5 s, somewhere from 1.3 s to 1.7 s, with 900 ms of the baseline", lines["Seen"]);
        Assert.Equal("+500 ms (+50 % of the limit)", lines["By how much"]);
        Assert.Equal("were the truth on the limit, something this bad would turn up in less than 0.01 % of runs, 1.5 % corrected for the number of gates", lines["How sure"]);
    }

    [Fact]
    public void Account_NothingMeasuredOrWithoutEnd_InventsNothing()
    {
        var none = Criteria.Account(Broken() with { Observed = null, Interval = null, Chance = null, CorrectedChance = null });
        var never = Criteria.Account(Broken() with { Observed = double.PositiveInfinity, Interval = null });

        Assert.Contains(("Seen", "nothing that could be measured"), none);
        Assert.Contains(("How sure", "a count of what happened, not a conclusion from a sample"), none);
        Assert.DoesNotContain(never, line => line.Name == "By how much");
        Assert.Contains(never, line => line.Text.StartsWith("never", StringComparison.Ordinal));
    }

    private static Finding Broken() => new()
    {
        Objective = "p95 ttft <= 1", Kind = FindingKinds.Gate, Phase = "all", Target = "candidate", Limit = 1, Unit = "s", Samples = 100, Observed = 1.5,
        Interval = new Interval(1.3, 1.7, 0.95, "t"), BaselineObserved = 0.9, BaselineUnit = "s", Chance = 1e-6, CorrectedChance = 0.015,
        Verdict = FindingVerdict.Fail, ReasonCode = "broken", Advice = "Seen.",
    };
}
