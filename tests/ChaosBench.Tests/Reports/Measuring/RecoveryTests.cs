using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Measuring;

/// <summary>20 requests a second for 60 seconds; a fault from 20 s to 30 s; the test says when requests fail.</summary>
public sealed class RecoveryTests
{
    private static FaultLog Fault(Func<double, bool> fails, params JournalEvent[] more) =>
        Run(fails, [Some.Fault()], [.. Some.Broken(), .. more]).Faults[0];

    private static Measurements Run(Func<double, bool> fails, PlannedFaultInfo[] faults, IEnumerable<JournalEvent> more, params string[] steady) =>
        Some.Fold(
            Some.Run() with { Faults = faults, SteadyState = [.. steady.Select(Some.Gate)] },
            Some.Requests(1200, (arrival, at) => Some.Request(arrival, at, fails(at) ? Outcome.Failed : Outcome.Completed)),
            more);

    [Fact]
    public void Of_FailuresWhileActive_GivesTheTimesOfTheDefinitions()
    {
        // t_inj 20.02, failures 22.02 to 26.02, noticed 23.02, lifted and verified at 30.
        var fault = Fault(at => at is >= 22.02 and < 26.02, Some.Noticed(23.02));
        var recovery = fault.Recovery;

        Assert.Equal(Some.S(20.02), fault.InjectedAt);
        Assert.Equal(Some.S(30), fault.ClearedAt);
        Assert.Equal(2, recovery.TimeToImpact!.Value, 6);
        Assert.Equal(1, recovery.TimeToDetect!.Value, 6);
        Assert.Equal(3, recovery.DetectedAfterInjection!.Value, 6);
        Assert.Equal("router", recovery.DetectedBy);
        Assert.Equal(4, recovery.TimeToMitigate!.Value, 6);
        Assert.Equal(7.98, recovery.TimeToRecover!.Value, 6);
        Assert.Equal(0, recovery.ResidualRecovery!.Value, 6);
        Assert.Null(recovery.Censored);
        Assert.Equal(1, recovery.Window);
        Assert.Equal(3, recovery.Hold);
    }

    [Fact]
    public void Of_FailuresAfterLifting_CountsThemAsResidual()
    {
        var recovery = Fault(at => at is >= 21 and < 34).Recovery;

        Assert.Equal(4, recovery.ResidualRecovery!.Value, 6);
        Assert.Null(recovery.TimeToMitigate);
        Assert.Null(recovery.TimeToDetect);
        Assert.True(recovery.UndetectedFor > 39);
    }

    [Fact]
    public void Of_RelapseBeforeTheHoldIsOver_StartsAgain()
    {
        var recovery = Fault(at => at is (>= 21 and < 31) or (>= 33 and < 33.2)).Recovery;

        Assert.Equal(4, recovery.ResidualRecovery!.Value, 6);
    }

    [Fact]
    public void Of_NeverBack_IsCensoredNotZero()
    {
        var recovery = Fault(at => at >= 21).Recovery;

        Assert.Null(recovery.ResidualRecovery);
        Assert.Null(recovery.TimeToRecover);
        Assert.Equal(30, recovery.Censored!.Value, 6);
    }

    [Fact]
    public void Of_BackButNotWatchedForTheHold_IsCensored()
    {
        var recovery = Fault(at => at is >= 21 and < 58).Recovery;

        Assert.Null(recovery.ResidualRecovery);
        Assert.Equal(28, recovery.Censored!.Value, 6);
    }

    [Fact]
    public void Of_NoBadWindow_HasNoImpactAndNothingToRecoverFrom()
    {
        var recovery = Fault(_ => false, Some.Noticed(20.5)).Recovery;

        Assert.Null(recovery.TimeToImpact);
        Assert.Null(recovery.TimeToRecover);
        Assert.Equal(0, recovery.ResidualRecovery);
        Assert.Equal(0.48, recovery.TimeToDetect!.Value, 6);
    }

    [Fact]
    public void Of_FaultNeverApplied_KnowsNothing()
    {
        var fault = Run(_ => false, [Some.Fault()], [Some.Moved("kill-1", FaultState.Failed, 20)]).Faults[0];

        Assert.Null(fault.InjectedAt);
        Assert.Null(fault.Recovery.ResidualRecovery);
        Assert.Null(fault.Recovery.Censored);
        Assert.False(fault.WasExposed);
    }

    [Fact]
    public void Of_NotYetVerifiedHealed_CountsFromTheLift()
    {
        var fault = Run(_ => false, [Some.Fault()], Some.Broken().SkipLast(1)).Faults[0];

        Assert.Equal(Some.S(29.99), fault.ClearedAt);
        Assert.Equal(FaultState.Cleared, fault.State);
    }

    [Fact]
    public void Of_InputFaultWithoutTimeline_IsOverWhenItsWindowIs()
    {
        var fault = Run(_ => false, [Some.Fault("nulls", "input.null_bytes")], [Some.Met("nulls", InjectionKind.Applied, 21)]).Faults[0];

        Assert.Equal(Some.S(30), fault.ClearedAt);
    }

    [Fact]
    public void Of_AnotherFaultStillActive_DoesNotBlameThisOne()
    {
        var faults = Run(
            at => at is >= 20.02 and < 40,
            [Some.Fault(), Some.Fault("slow-1", "dependency.latency", 20, 40)],
            [.. Some.Broken(), .. Some.Broken("slow-1", 20, 40)]).Faults;

        Assert.Equal(0, faults[0].Recovery.ResidualRecovery!.Value, 6);
        Assert.Equal(0, faults[1].Recovery.ResidualRecovery!.Value, 6);
    }

    [Theory]
    [InlineData("router", "replica-lost", true)]
    [InlineData("probe", "replica-lost", true)]
    [InlineData("operator", "marked", true)]
    [InlineData("router", "replica-ready", false)]
    [InlineData("dependency", "fallback", false)]
    public void Of_Detection_IsTheFirstThatCanBeAboutTheFault(string by, string what, bool counts)
    {
        var recovery = Fault(_ => false, Some.Noticed(19, "router"), Some.Noticed(21, by, what)).Recovery;

        Assert.Equal(counts ? by : null, recovery.DetectedBy);
    }

    [Fact]
    public void Of_DeclaredSteadyState_IsWhatWindowsAreAsked()
    {
        var run = Run(at => at is >= 21 and < 22, [Some.Fault()], Some.Broken(), "attainment >= 0%", "p99 ttft < 0.8");
        var lenient = Run(at => at is >= 21 and < 22, [Some.Fault()], Some.Broken(), "attainment >= 0%");

        Assert.Equal("attainment >= 0% and p99 ttft < 0.8", run.Faults[0].Recovery.SteadyState);
        Assert.NotNull(run.Faults[0].Recovery.TimeToImpact);
        Assert.Null(lenient.Faults[0].Recovery.TimeToImpact);
    }

    [Fact]
    public void Of_NoDeclaredSteadyState_ToleratesTheUsualWrongAnswers()
    {
        JournalEvent.Observation Graded(int arrival, double at) => Some.Request(arrival, at) with { Cohort = Some.Cohort(grader: GraderKind.Exact) };
        IEnumerable<JournalEvent> Scores(Func<int, bool> right) => Enumerable.Range(0, 1200).Select(arrival => Some.Score(arrival, right(arrival) ? 1 : 0));
        FaultLog Of(Func<int, bool> right) =>
            Some.Fold(Some.Run() with { Faults = [Some.Fault()] }, Some.Requests(1200, Graded), Scores(right), Some.Broken()).Faults[0];

        // One wrong answer in five throughout, then, from 22 s to 25 s, only wrong ones.
        var usual = Of(arrival => arrival % 5 != 0);
        var worse = Of(arrival => arrival % 5 != 0 && arrival is < 440 or >= 500);

        Assert.Null(usual.Recovery.TimeToImpact);
        Assert.Contains("none was declared", usual.Recovery.SteadyState, StringComparison.Ordinal);
        Assert.NotNull(worse.Recovery.TimeToImpact);
    }

    [Fact]
    public void Window_FewRequests_GrowsUntilItHoldsTen()
    {
        var run = Some.Fold(Some.Run() with { Faults = [Some.Fault()] }, Some.Requests(120), Some.Broken());

        Assert.Equal(5, run.Faults[0].Recovery.Window);
        Assert.Equal(15, run.Faults[0].Recovery.Hold);
    }

    [Fact]
    public void Of_DeclaredSources_DetectAndMitigateWithWhoSaidSo()
    {
        JournalEvent.Detection Said(double at, string by, string what, bool mitigates = false, string? fault = null) =>
            new() { At = Some.S(at), By = by, What = what, Source = "webhook", Mitigates = mitigates ? true : null, Fault = fault };

        var recovery = Fault(
            at => at is >= 22.02 and < 26.02, Said(22.5, "pager", "resolved"), Said(22.6, "other", "paged", fault: "else-1"),
            Said(23.02, "pager", "paged"), Said(24.02, "rollback", "done", mitigates: true)).Recovery;

        Assert.Equal("pager", recovery.DetectedBy);
        Assert.Equal(1, recovery.TimeToDetect!.Value, 6);
        Assert.Equal("rollback", recovery.MitigatedBy);
        Assert.Equal(2, recovery.TimeToMitigationReport!.Value, 6);
    }
}
