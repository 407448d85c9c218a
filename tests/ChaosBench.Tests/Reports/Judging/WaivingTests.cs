using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Judging;

public sealed class WaivingTests
{
    private const string Broken = "error_rate <= 5%";

    private static readonly Waiver Waived = new("error_rate  <= 5%", null, "ada", "fixed in the next build", new DateOnly(2026, 12, 31));

    [Fact]
    public void Decide_WaivedGate_IsShownAndDoesNotCount()
    {
        var summary = Decide(new RunFacts { Waivers = [Waived] }, Broken, "error_rate <= 60%");

        var finding = summary.Findings.Single(finding => finding.Objective == Broken);
        Assert.Equal((FindingVerdict.Fail, FindingKinds.Waived, Waived), (finding.Verdict, finding.Kind, finding.Waiver));
        Assert.EndsWith("Waived until 2026-12-31 by ada: fixed in the next build", finding.Advice, StringComparison.Ordinal);
        Assert.Equal((RunVerdict.Pass, 0), (summary.Verdict, summary.ExitCode));
        Assert.Contains("1 gate held over 300 requests, 1 waived", summary.Headline, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_OnlyGateWaived_SaysThatNothingWasJudged() =>
        Assert.Contains("nothing was judged: 1 gate did not hold and is waived", Decide(new RunFacts { Waivers = [Waived] }, Broken).Headline, StringComparison.Ordinal);

    [Fact]
    public void Decide_WaiverOfAnotherScenario_DoesNotCover() =>
        Assert.Equal(RunVerdict.Fail, Decide(new RunFacts { Waivers = [Waived with { Scenario = "other" }] }, Broken).Verdict);

    [Fact]
    public void Decide_GateThatHolds_NeedsNoWaiver()
    {
        var summary = Decide(new RunFacts { Waivers = [Waived with { Gate = "error_rate <= 60%" }] }, "error_rate <= 60%");

        Assert.All(summary.Findings, finding => Assert.Null(finding.Waiver));
    }

    [Theory]
    [InlineData(InconclusivePolicy.Keep, null)]
    [InlineData(InconclusivePolicy.Warn, "--inconclusive warn was given: the exit code is 0 instead of 2.")]
    [InlineData(InconclusivePolicy.Fail, "--inconclusive fail was given: the exit code is 1 instead of 2.")]
    public void Decide_UndecidedRun_SaysWhatThePolicyDid(InconclusivePolicy policy, string? expected) =>
        Assert.Equal(expected, Decide(new RunFacts { Inconclusive = policy }, "p99 ttft <= 2 vs baseline").Policy);

    [Fact]
    public void Decide_RunThatFails_IsNotTouchedByThePolicy() =>
        Assert.Null(Decide(new RunFacts { Inconclusive = InconclusivePolicy.Pass }, Broken).Policy);

    private static Summary Decide(RunFacts facts, params string[] gates) => Judge.Decide(
        Some.Fold(Some.Run(gates), Some.Requests(300, (number, at) => Some.Request(number, at, number % 2 == 0 ? Outcome.Failed : Outcome.Completed))),
        facts);
}
