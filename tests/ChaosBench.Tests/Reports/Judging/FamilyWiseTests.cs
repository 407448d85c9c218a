using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Tests.Reports.Judging;

public sealed class FamilyWiseTests
{
    [Fact]
    public void Corrected_OneDoubtfulFailAmongThree_IsInconclusiveAndSaysWhy()
    {
        var findings = FamilyWise.Corrected([Gate(0.03, FindingVerdict.Fail), Gate(0.9), Gate(0.8)]);

        Assert.Equal((FindingVerdict.Inconclusive, ReasonCodes.NotAmongSeveral), (findings[0].Verdict, findings[0].ReasonCode));
        Assert.Equal(0.09, findings[0].CorrectedChance!.Value, 12);
        Assert.Contains("among 3 gates something this bad turns up by chance in 9 % of runs (Holm)", findings[0].Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Corrected_ClearFail_StaysOneAmongMany()
    {
        var findings = FamilyWise.Corrected([Gate(0.001, FindingVerdict.Fail), .. Enumerable.Repeat(Gate(0.9), 20)]);

        Assert.Equal(FindingVerdict.Fail, findings[0].Verdict);
        Assert.Equal(FindingVerdict.Pass, findings[1].Verdict);
    }

    [Fact]
    public void Corrected_GuardsAndCounts_AreNoFamily()
    {
        var guard = Gate(0.04, FindingVerdict.Fail) with { Kind = FindingKinds.Guard };
        var counted = Gate(null, FindingVerdict.Fail);

        var findings = FamilyWise.Corrected([guard, counted, Gate(0.04, FindingVerdict.Fail), guard]);

        Assert.All(findings, finding => Assert.Equal(FindingVerdict.Fail, finding.Verdict));
        Assert.Equal(0.04, findings[2].CorrectedChance);
        Assert.Null(findings[0].CorrectedChance);
    }

    /// <summary>A single bad gate of two hardly broken ones: with both gates the run cannot tell, with the one alone it fails.</summary>
    [Fact]
    public void Decide_SameRunWithMoreGates_NeedsStrongerEvidence()
    {
        // 92 % of 250 against 95 %: one-sided chance 1.5 %.
        var requests = Some.Requests(250, (number, at) => Some.Request(number, at, number % 25 < 2 ? ChaosBench.Reports.Journal.Outcome.Failed : ChaosBench.Reports.Journal.Outcome.Completed)).ToList();
        Finding First(params string[] gates) => Judge.Decide(Some.Fold(Some.Run(gates), requests), new RunFacts()).Findings
            .Single(finding => finding.Objective == gates[0]);

        var alone = First("error_rate <= 5%");
        var among = First("error_rate <= 5%", "error_rate <= 20%", "error_rate <= 30%", "error_rate <= 40%");

        Assert.Equal(FindingVerdict.Fail, alone.Verdict);
        Assert.InRange(alone.Chance!.Value, 0.0125, 0.05);
        Assert.Equal(FindingVerdict.Inconclusive, among.Verdict);
        Assert.Equal(4 * alone.Chance.Value, among.CorrectedChance!.Value, 12);
    }

    private static Finding Gate(double? chance, FindingVerdict verdict = FindingVerdict.Pass) => new()
    {
        Objective = "p99 ttft <= 1s", Kind = FindingKinds.Gate, Phase = "all", Target = "candidate", Limit = 1, Unit = "s", Samples = 100,
        Verdict = verdict, ReasonCode = "x", Advice = "Seen.", Chance = chance,
    };
}
