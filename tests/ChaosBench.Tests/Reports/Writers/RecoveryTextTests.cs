using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Reports.Writers;

namespace ChaosBench.Tests.Reports.Writers;

public sealed class RecoveryTextTests
{
    private static FaultSummary Fault(Func<double, bool> fails, params JournalEvent[] more) => Judge.Decide(
        Some.Fold(
            Some.Run() with { Faults = [Some.Fault()], SteadyState = [Some.Gate("attainment >= 95%")] },
            Some.Requests(1200, (arrival, at) => Some.Request(arrival, at, fails(at) ? Outcome.Failed : Outcome.Completed)), Some.Broken(), more),
        new RunFacts()).Faults[0];

    private static string Value(FaultSummary fault, string name) => RecoveryText.Of(fault).Single(row => row.Name == name).Value;

    [Fact]
    public void Of_NothingReached_SaysHowLongItWasWaitedFor()
    {
        var fault = Fault(at => at >= 21);

        Assert.Equal("1 s", Value(fault, "Time to impact"));
        Assert.StartsWith("> 4", Value(fault, "Time to detect"), StringComparison.Ordinal);
        Assert.StartsWith("> ", Value(fault, "Time to mitigate"), StringComparison.Ordinal);
        Assert.StartsWith("> 3", Value(fault, "Time to recover"), StringComparison.Ordinal);
        Assert.Equal("> 30 s", Value(fault, "Residual recovery"));
        Assert.StartsWith("> ", Value(fault, "Goodput lost"), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_Detected_SaysByWhomAndOfWhatKind()
    {
        var row = RecoveryText.Of(Fault(at => at is >= 22 and < 26, Some.Noticed(23.02))).Single(row => row.Name == "Time to detect");

        Assert.Contains("by router (system)", row.Formula, StringComparison.Ordinal);
        Assert.DoesNotContain(">", row.Value, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NoImpact_SaysNoneAndNoTimesAfterIt()
    {
        var rows = RecoveryText.Of(Fault(_ => false));

        Assert.Equal("none", rows.Single(row => row.Name == "Time to impact").Value);
        Assert.DoesNotContain(rows, row => row.Name is "Time to mitigate" or "Time to recover");
    }

    [Theory]
    [InlineData("router", "system")]
    [InlineData("dependency", "system")]
    [InlineData("probe", "probe")]
    [InlineData("operator", "human")]
    [InlineData("pager", "external")]
    public void KindOf_Source_IsWhoNoticed(string by, string kind) => Assert.Equal(kind, FaultAccounts.KindOf(by));
}
