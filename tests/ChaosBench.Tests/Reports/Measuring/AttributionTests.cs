using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Measuring;

/// <summary>Three faults at once, as in a game day: a lost replica, a slow dependency, damaged inputs; all from 20 s to 30 s.</summary>
public sealed class AttributionTests
{
    private static readonly PlannedFaultInfo Kill = Some.Fault();
    private static readonly PlannedFaultInfo Slow = Some.Fault("slow-2", "dependency.latency") with { Scope = FaultScope.Request };
    private static readonly PlannedFaultInfo Typos =
        Some.Fault("typos-3", "input.typos") with { Vantage = Vantage.Input, Scope = FaultScope.Request };

    private static readonly JournalEvent[] Way =
    [
        .. Some.Broken(),
        Some.Met("slow-2", InjectionKind.Applied, 20.1, "r000400"),
        Some.Met("typos-3", InjectionKind.Applied, 20.1, "r000400"),
        Some.Met("typos-3", InjectionKind.Applied, 20.2, "r000401"),
        Some.Moved("slow-2", FaultState.Cleared, 30),
    ];

    private static IReadOnlyList<FaultLog> Faults(PlannedFaultInfo[] planned, params IEnumerable<JournalEvent>[] parts) =>
        Some.Fold(Some.Run() with { Faults = planned }, [Some.Requests(1200), .. parts]).Faults;

    private static string Noticed(params JournalEvent[] seen) => string.Join(
        ' ', Faults([Kill, Slow, Typos], Way, seen).Where(fault => fault.Recovery.DetectedBy is not null).Select(fault => fault.Plan.Id));

    [Theory]
    [InlineData("replica-lost", 1, null, "kill-1")]
    [InlineData("ejected", 1, null, "kill-1")]
    [InlineData("failed-over", 1, "r000400", "kill-1")]
    [InlineData("replica-lost", 0, null, "")]
    [InlineData("replica-ready", 1, null, "")]
    [InlineData("readmitted", 1, null, "")]
    [InlineData("queue-full", null, "r000400", "")]
    public void First_RouterEvent_IsAboutTheReplicaThatWasHit(string what, int? replica, string? request, string expected) =>
        Assert.Equal(expected, Noticed(Some.Noticed(21, "router", what, replica, request)));

    [Theory]
    [InlineData("dependency-timeout", "r000400", "slow-2")]
    [InlineData("dependency-fallback", "r000400", "slow-2")]
    [InlineData("dependency-timeout", "r000401", "")]
    public void First_DependencyEvent_IsAboutARequestThatWasHit(string what, string request, string expected) =>
        Assert.Equal(expected, Noticed(Some.Noticed(21, "dependency", what, null, request)));

    [Theory]
    [InlineData("operator")]
    [InlineData("probe")]
    public void First_PersonOrProbe_IsAboutEveryFaultAndSaysSo(string by)
    {
        var faults = Faults([Kill, Slow, Typos], Way, [Some.Noticed(21, by, "marked", null)]);

        Assert.All(faults, fault => Assert.Equal(by, fault.Recovery.DetectedBy));
        Assert.Equal(["slow-2", "typos-3"], faults[0].Recovery.DetectionShared);
    }

    [Fact]
    public void First_SeenWhileTheInjectorWasAtIt_CountsAsAtOnce()
    {
        var early = Faults(
            [Kill],
            [
                Some.Met("kill-1", InjectionKind.Selected, 20), Some.Noticed(20.01), Some.Met("kill-1", InjectionKind.Applied, 20.02),
                Some.Noticed(25),
            ]);

        Assert.Equal(0, early[0].Recovery.DetectedAfterInjection);
    }

    [Fact]
    public void First_SameReplicaLostTwice_EachLossHasItsOwn()
    {
        var again = Some.Fault("kill-2", start: 40, end: 50);

        var faults = Faults([Kill, again], Some.Broken(), Some.Broken("kill-2", 40, 50), [Some.Noticed(41)]);

        Assert.Null(faults[0].Recovery.DetectedBy);
        Assert.Equal(0.98, faults[1].Recovery.DetectedAfterInjection!.Value, 6);
        Assert.Empty(faults[1].Recovery.DetectionShared);
    }

    [Fact]
    public void First_LateNewsAndNoOtherFault_StillCounts()
    {
        var faults = Faults([Kill], Some.Broken(), [Some.Noticed(33)]);

        Assert.Equal(12.98, faults[0].Recovery.DetectedAfterInjection!.Value, 6);
    }

    [Fact]
    public void First_EventOfTheOtherArm_IsNotThisOnes()
    {
        var faults = Faults([Kill], Some.Broken(), [Some.Noticed(21) with { Target = Some.Baseline }]);

        Assert.Null(faults[0].Recovery.DetectedBy);
    }
}
