using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Measuring;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Reports.Measuring;

/// <summary>
/// Journals by hand with sums that can be done in the head: 10 requests a second for 60 seconds, all good before; a fault on requests from
/// 20 s to 30 s that chose every second one.
/// </summary>
public sealed class ImpactTests
{
    private const string Id = "http.503-1";

    private static PlannedFaultInfo Plan(FaultScope scope = FaultScope.Request) => new(
        Id, "http.503", Vantage.Upstream, scope, Fidelity.Real, 0.5, Some.S(20), Some.S(30), null, null, 1);

    private static bool IsVictim(int arrival, double at) => arrival % 2 == 0 && at is >= 20 and < 30;

    private static IEnumerable<JournalEvent> Injections()
    {
        yield return Some.Moved(Id, FaultState.Ordered, 19.5);
        yield return Some.Moved(Id, FaultState.Active, 19.9);
        for (var arrival = 200; arrival < 300; arrival++)
        {
            var (at, key) = (arrival * 0.1, FormattableString.Invariant($"r{arrival:000000}"));
            yield return Some.Met(Id, InjectionKind.Eligible, at, key);
            if (arrival % 2 == 0)
            {
                yield return Some.Met(Id, InjectionKind.Selected, at, key);
                yield return Some.Met(Id, InjectionKind.Applied, at, key);
            }
        }

        yield return Some.Moved(Id, FaultState.Cleared, 30);
        yield return Some.Moved(Id, FaultState.Healed, 30);
    }

    private static FaultLog Fault(Func<int, double, bool> fails, string[]? steady = null, FaultScope scope = FaultScope.Request, params JournalEvent[] more) => Some.Fold(
        Some.Run() with { Faults = [Plan(scope)], SteadyState = [.. (steady ?? ["attainment >= 90%"]).Select(Some.Gate)], OutputPrice = 10 },
        Some.Requests(600, (arrival, at) =>
        {
            var bad = fails(arrival, at);
            return Some.Request(arrival, at, bad ? Outcome.Truncated : Outcome.Completed) with
            {
                Faults = IsVictim(arrival, at) ? [Id] : [], OutputTokens = bad ? 3 : 5,
            };
        }),
        Injections(), more).Faults[0];

    [Fact]
    public void Of_VictimsAloneFail_IsContainedWithoutBystanderHarm()
    {
        var impact = Fault(IsVictim).Impact!;

        // t_inj 20, recovered at 30: 10 s, 100 requests, 50 bad; the baseline had none.
        Assert.Equal((10, 100, 50, false), (impact.Span, impact.Offered, impact.Bad, impact.IsCensored));
        Assert.Equal(50, impact.GoodputLost!.Value, 9);
        Assert.Equal(0.5, impact.GoodputLostShare!.Value, 9);
        Assert.Equal(0.9, impact.Slo);
        Assert.Equal(5, impact.BurnRate!.Value, 9);
        // 50 bad at 10 a second: 5 seconds of outage; a budget of 10 % of 30 days is 4320 minutes.
        Assert.Equal(5 / 60.0, impact.BudgetMinutes!.Value, 9);
        Assert.Equal(5 / 60.0 / 4320, impact.BudgetShareOf30Days!.Value, 9);
        Assert.Equal((0.5, 0.5), (impact.BlastIntended!.Value, impact.BlastObserved!.Value));
        Assert.Equal((0.0, 50L, 1.0), (impact.BystanderHarm!.Value, impact.Bystanders!.Value, impact.Containment!.Value));
        Assert.Equal((150, 0.0015), (impact.WastedTokens, impact.WastedCost!.Value));
        // Wilson for 50 of 100 at 95 %, two-sided.
        Assert.Equal(0.5, impact.Exposure!.Value.Observed);
        Assert.Equal(0.4038, impact.Exposure.Value.Low, 4);
        Assert.Equal(0.5962, impact.Exposure.Value.High, 4);
    }

    [Fact]
    public void Of_BystandersFailToo_IsTheirHarmAndBreaksContainment()
    {
        // Besides the 50 victims 25 of the 50 others: arrivals of the form 4n + 1.
        var impact = Fault((arrival, at) => IsVictim(arrival, at) || (at is >= 20 and < 30 && arrival % 4 == 1)).Impact!;

        Assert.Equal(75, impact.Bad);
        Assert.Equal(0.5, impact.BystanderHarm!.Value, 9);
        Assert.Equal(50 / 75.0, impact.Containment!.Value, 9);
        Assert.Equal(0.75, impact.BlastObserved!.Value, 9);
    }

    [Fact]
    public void Of_BaselineThatFailsToo_IsSubtracted()
    {
        // One in ten fails all the time, at odd arrivals; every victim fails as well.
        var impact = Fault((arrival, at) => IsVictim(arrival, at) || arrival % 10 == 1, ["attainment >= 50%"]).Impact!;

        Assert.Equal(0.5, impact.BlastObserved!.Value, 9);
        // 10 of 50 bystanders, a tenth before.
        Assert.Equal(0.1, impact.BystanderHarm!.Value, 9);
        // g0 = 0.9: of 90 expected 40 came, in each of ten windows.
        Assert.Equal(50, impact.GoodputLost!.Value, 9);
        Assert.Equal(50 / 90.0, impact.GoodputLostShare!.Value, 9);
    }

    [Fact]
    public void Of_HarmThatOutlivesTheFault_CountsUntilRecovery()
    {
        var fault = Fault((_, at) => at is >= 22 and < 36);

        Assert.Equal(6, fault.Recovery.ResidualRecovery);
        Assert.Equal((16, 160, 140), (fault.Impact!.Span, fault.Impact.Offered, fault.Impact.Bad));
        Assert.Equal(8, fault.Recovery.NotMitigatedFor);
        Assert.Null(fault.Recovery.NotRecoveredFor);
    }

    [Fact]
    public void Of_NeverBack_IsALowerBoundUpToTheEndOfTheWatch()
    {
        var fault = Fault((_, at) => at >= 25);

        Assert.True(fault.Impact!.IsCensored);
        Assert.Equal((40, 350), (fault.Impact.Span, fault.Impact.Bad));
        Assert.Equal(35, fault.Recovery.NotRecoveredFor);
        Assert.Equal(30, fault.Recovery.Censored);
        Assert.Null(fault.Recovery.TimeToRecover);
    }

    [Fact]
    public void Of_NothingWentBad_CostsNothing()
    {
        var fault = Fault((_, _) => false);

        Assert.Equal((10, 0), (fault.Impact!.Span, fault.Impact.Bad));
        Assert.Equal((0.0, 0.0, 0.0), (fault.Impact.GoodputLost!.Value, fault.Impact.BurnRate!.Value, fault.Impact.BystanderHarm!.Value));
        Assert.Null(fault.Impact.Containment);
        Assert.Null(fault.Recovery.NotRecoveredFor);
        Assert.Null(fault.Recovery.NotMitigatedFor);
        Assert.Equal(0.5, fault.Recovery.InjectionLag);
    }

    [Fact]
    public void Of_NoSlo_HasNoBurnRate()
    {
        var impact = Fault(IsVictim, ["p99 ttft <= 5"]).Impact!;

        Assert.Null(impact.Slo);
        Assert.Null(impact.BurnRate);
        Assert.Null(impact.BudgetShareOf30Days);
        Assert.NotNull(impact.BudgetMinutes);
    }

    [Fact]
    public void Of_ErrorObjective_BurnsByErrors() => Assert.Equal(25, Fault(IsVictim, ["error_rate <= 2%"]).Impact!.BurnRate!.Value, 9);

    [Fact]
    public void Of_VictimsUnknownOneByOne_HasNoBystanders()
    {
        var impact = Fault(IsVictim, scope: FaultScope.Replica).Impact!;

        Assert.Null(impact.BystanderHarm);
        Assert.Null(impact.Containment);
        Assert.NotNull(impact.BlastObserved);
    }

    [Fact]
    public void Of_FailOvers_AreAttempts()
    {
        var moved = Enumerable.Range(0, 50).Select(i => (JournalEvent)Some.Noticed(20.05 + (i * 0.1), what: "failed-over")).ToArray();

        // 100 requests and 50 more attempts, none before.
        Assert.Equal(1.5, Fault(IsVictim, more: moved).Impact!.Amplification!.Value, 9);
        Assert.Null(Fault(IsVictim).Impact!.Amplification);
    }

    [Fact]
    public void Of_NotLiftedBeforeTheEnd_RecoversNowhere()
    {
        var events = Injections().Where(entry => entry is not JournalEvent.FaultTransition { State: FaultState.Cleared or FaultState.Healed });
        var fault = Some.Fold(
            Some.Run() with { Faults = [Plan()] },
            Some.Requests(600, (arrival, at) => Some.Request(arrival, at, at >= 20 ? Outcome.Failed : Outcome.Completed)), events).Faults[0];

        Assert.Null(fault.ClearedAt);
        Assert.Equal(40, fault.Recovery.NotRecoveredFor);
        Assert.Equal(40, fault.Recovery.NotMitigatedFor);
        Assert.True(fault.Impact!.IsCensored);
    }
}
