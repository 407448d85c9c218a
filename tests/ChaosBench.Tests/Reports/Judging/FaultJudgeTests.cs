using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Judging;

public sealed class FaultJudgeTests
{
    private static Summary Decide(Func<double, bool> fails, PlannedFaultInfo fault, IEnumerable<JournalEvent> more, string[]? gates = null, string[]? steady = null) =>
        Judge.Decide(
            Some.Fold(
                Some.Run(gates ?? []) with { Faults = [fault], SteadyState = [.. (steady ?? []).Select(Some.Gate)] },
                Some.Requests(1200, (arrival, at) => Some.Request(arrival, at, fails(at) ? Outcome.Failed : Outcome.Completed)), more),
            new RunFacts());

    [Theory]
    [InlineData(34, 5, RunVerdict.Pass)]
    [InlineData(34, 3, RunVerdict.Fail)]
    [InlineData(61, 5, RunVerdict.Fail)]
    [InlineData(58.5, 40, RunVerdict.Inconclusive)]
    public void Decide_RecoveredWithin_JudgesTheResidual(double failsUntil, double within, RunVerdict verdict)
    {
        var summary = Decide(at => at >= 21 && at < failsUntil, Some.Fault() with { RecoveredWithin = within }, Some.Broken());

        Assert.Equal(verdict, summary.Verdict);
        var finding = summary.Findings.Single(finding => finding.Kind == FindingKinds.Fault);
        Assert.StartsWith("kill-1 recovered within", finding.Objective, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(21.0, 2, RunVerdict.Pass)]
    [InlineData(23.0, 2, RunVerdict.Fail)]
    [InlineData(null, 2, RunVerdict.Fail)]
    [InlineData(null, 60, RunVerdict.Inconclusive)]
    public void Decide_DetectedWithin_CountsFromTheInjection(double? noticed, double within, RunVerdict verdict)
    {
        var events = noticed is { } at ? Some.Broken().Append(Some.Noticed(at)) : Some.Broken();

        Assert.Equal(verdict, Decide(_ => false, Some.Fault() with { DetectedWithin = within }, events).Verdict);
    }

    [Theory]
    [InlineData("residual_recovery <= 5", RunVerdict.Pass)]
    [InlineData("residual_recovery <= 3", RunVerdict.Fail)]
    [InlineData("time_to_recover <= 14", RunVerdict.Pass)]
    [InlineData("time_to_recover <= 12", RunVerdict.Fail)]
    public void Decide_RecoveryGate_JudgesTheWorstFault(string gate, RunVerdict verdict) =>
        Assert.Equal(verdict, Decide(at => at is >= 21 and < 34, Some.Fault(), Some.Broken(), [gate]).Verdict);

    [Fact]
    public void Decide_FaultThatMetNobody_IsInconclusiveEvenWithoutGates()
    {
        var summary = Decide(_ => false, Some.Fault() with { MinExposure = 2 }, Some.Broken());

        Assert.Equal(RunVerdict.Inconclusive, summary.Verdict);
        Assert.Contains("kill-1 touched 1 of 1 eligible units; at least 2", summary.Reasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_FaultThatMetNobodyAndABrokenGate_StillFails() =>
        Assert.Equal(RunVerdict.Fail, Decide(_ => false, Some.Fault(), [], ["max ttft < 0.05"]).Verdict);

    [Fact]
    public void Decide_BaselineNotSteady_LeavesFaultsUndecidedAndGatesOfTheWholeRunDecided()
    {
        var fault = Some.Fault() with { RecoveredWithin = 5 };
        var inFault = Some.Gate("error_rate <= 1%") with { Phase = Phase.Fault };
        Summary Of(params Objective[] gates) => Judge.Decide(
            Some.Fold(
                Some.Run() with { Faults = [fault], SteadyState = [Some.Gate("attainment >= 95%")], Gates = gates },
                Some.Requests(1200, (arrival, at) => Some.Request(arrival, at, arrival % 5 == 0 ? Outcome.Failed : Outcome.Completed)), Some.Broken()),
            new RunFacts());

        var undecided = Of(inFault);
        var failed = Of(inFault, Some.Gate("error_rate <= 1%"));

        Assert.Equal(RunVerdict.Inconclusive, undecided.Verdict);
        Assert.All(undecided.Findings.Where(finding => finding.Kind is FindingKinds.Gate or FindingKinds.Fault), finding =>
            Assert.Equal(ReasonCodes.BaselineNotSteady, finding.ReasonCode));
        Assert.Equal(RunVerdict.Fail, failed.Verdict);
        Assert.Equal("steady-state", failed.Findings.First(finding => finding.Objective == "attainment >= 95%").Kind);
    }

    [Fact]
    public void Decide_SteadyStateWithTooFewSamples_DoesNotSpoilTheRun() =>
        Assert.Equal(RunVerdict.Pass, Decide(_ => false, Some.Fault(), Some.Broken(), ["error_rate <= 5%"], ["p99.9 ttft < 0.8"]).Verdict);

    [Fact]
    public void Decide_FaultSummary_CountsAndTimesAgree()
    {
        var fault = Decide(at => at is >= 21 and < 34, Some.Fault(), Some.Broken().Append(Some.Noticed(22))).Faults.Single();

        Assert.Equal((1, 1, 1, 0), (fault.Eligible, fault.Selected, fault.Applied, fault.Bypassed));
        Assert.Equal(("server", "replica", "real", "healed"), (fault.Vantage, fault.Scope, fault.Fidelity, fault.State));
        Assert.Equal(4, fault.ResidualRecovery!.Value, 6);
        Assert.Equal("router", fault.DetectedBy);
        Assert.Equal(30, fault.End);
    }
}
