using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Scenarios.Planning;

public sealed class FaultLimitsTests
{
    [Fact]
    public void Refusals_SharesThatJoinBeyondTheCeiling_ShowTheSum() => Assert.Equal(
        ["2 faults overlap at 30s (a, b): share 1 - (1-30%)(1-40%) = 58% > 50% (blastRadius.share); move or shorten one of them, lower a share, or raise the ceiling"],
        Refusals(new BlastRadius(Share: new Share(0.5)), Hit("a", 25, 10, 0.3), Hit("b", 30, 10, 0.4)));

    [Fact]
    public void Refusals_SameSharesOneAfterTheOther_AreWithin() =>
        Assert.Empty(Refusals(new BlastRadius(Share: new Share(0.5)), Hit("a", 25, 5, 0.3), Hit("b", 30, 10, 0.4)));

    [Fact]
    public void Refusals_BurstBetweenBursts_IsWithin()
    {
        var bursts = new FaultSchedule { Repeat = new FaultRepeat.Burst(3, Plans.Seconds(4)) { For = Plans.Seconds(2) } };

        Assert.Empty(Refusals(new BlastRadius(Share: new Share(0.5)), Hit("a", 25, 10, 0.4) with { Schedule = bursts }, Hit("b", 27, 10, 0.4) with { Schedule = bursts }));
        Assert.Single(Refusals(new BlastRadius(Share: new Share(0.5)), Hit("a", 25, 10, 0.4) with { Schedule = bursts }, Hit("b", 26, 10, 0.4) with { Schedule = bursts }));
    }

    [Fact]
    public void Refusals_RampThatEndsTooHigh_IsSeenAtItsEnd() =>
        Assert.Contains("= 60% > 50%", Assert.Single(Refusals(
            new BlastRadius(Share: new Share(0.5)),
            Hit("a", 25, 10, 0) with { Schedule = new FaultSchedule { Ramp = new FaultRamp(FaultRamp.Share, 0, 0.6) } })).Replace("share 60%", "= 60%", StringComparison.Ordinal), StringComparison.Ordinal);

    [Fact]
    public void Refusals_TwoReplicasAtOnce_NameThem() => Assert.Equal(
        ["2 faults overlap at 27s (a, b): replicas one of a + replica 1 = 2 > 1 (blastRadius.replicas); move or shorten one of them, or raise the ceiling"],
        Refusals(new BlastRadius(Replicas: 1), Kill("a", 25), Kill("b", 27, replica: "1")));

    [Fact]
    public void Refusals_TheSameReplicaTwice_IsOne() =>
        Assert.Empty(Refusals(new BlastRadius(Replicas: 1), Kill("a", 25, replica: "1"), Kill("b", 27, replica: "1")));

    [Fact]
    public void Refusals_FaultThatWaits_CountsWheneverItMayAct()
    {
        var waits = Kill("b", 35) with { Schedule = new FaultSchedule { After = new FaultTrigger("a", FaultMoment.Started, TimeSpan.Zero) } };

        Assert.Single(Refusals(new BlastRadius(Replicas: 1), Kill("a", 25), waits, Kill("c", 42)));
    }

    [Fact]
    public void Refusals_DurationOfOverlappingWindows_CountsOnce()
    {
        Assert.Empty(Refusals(new BlastRadius(Duration: Plans.Seconds(12)), Hit("a", 25, 10, 0.1), Hit("b", 27, 10, 0.1)));
        Assert.Equal(
            ["faults act for 12s in all > 11s (blastRadius.duration); shorten or overlap them, or raise the ceiling"],
            Refusals(new BlastRadius(Duration: Plans.Seconds(11)), Hit("a", 25, 10, 0.1), Hit("b", 27, 10, 0.1)));
    }

    [Fact]
    public void Refusals_TokensOfThePlan_AreAdded() =>
        Assert.Matches("the plan may ask for [0-9,]+ output tokens > 10 ", Assert.Single(Refusals(new BlastRadius(Tokens: 10), Hit("a", 25, 10, 0.1))));

    /// <summary>Prices are for a million tokens; a byte is a token at most.</summary>
    [Fact]
    public void Refusals_CostOfThePlan_IsItsTokensAtTheTargetsPrices()
    {
        var target = new Target.OpenAi
        {
            Name = "remote", Url = new Templated("http://127.0.0.1:1/v1"), Model = new Templated("m"), Budget = new Budget(InputPrice: 2, OutputPrice: 10),
        };
        var scenario = Plans.Scenario() with { Candidate = target, Faults = [Hit("a", 25, 10, 0.1)] };
        var plan = Plans.Create(scenario);
        var cost = plan.Arrivals.Sum(arrival =>
            (2.0 * arrival.Prompt.Messages.Sum(message => System.Text.Encoding.UTF8.GetByteCount(message.Content)) + (10.0 * arrival.Sampling.MaxTokens)) / 1e6);

        Assert.Empty(FaultLimits.Refusals(Plans.Create(scenario with { BlastRadius = new BlastRadius(Cost: cost * 1.01) })));
        var refusal = Assert.Single(FaultLimits.Refusals(Plans.Create(scenario with { BlastRadius = new BlastRadius(Cost: cost * 0.99) })));
        Assert.StartsWith(FormattableString.Invariant($"the plan may cost {cost:0.####} > "), refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Refusals_SelectionThatMatchesNobody_SaysWhy()
    {
        var elsewhere = Hit("a", 25, 10, 1) with { Select = new Dictionary<string, string> { ["prompts"] = "canaries" } };

        Assert.Matches("a \\(input.typos\\) can hit no request: none of the [0-9]+ in its windows is of the prompt set canaries", Assert.Single(Refusals(BlastRadius.None, elsewhere)));
        Assert.Matches("can hit no request: none is planned in its windows", Assert.Single(Refusals(BlastRadius.None, Hit("a", 25, 1e-6, 1))));
        Assert.Matches("none of them has the number 900000", Assert.Single(Refusals(
            BlastRadius.None, Hit("a", 25, 10, 1) with { Schedule = new FaultSchedule { Nth = [900_000] } })));
    }

    [Fact]
    public void Refusals_NumberedRequestsOfAClosedWorkload_HaveNoNumbersYet()
    {
        var numbered = Hit("a", 25, 10, 1) with { Schedule = new FaultSchedule { Nth = [1] } };
        var plan = Plans.Create(Plans.Scenario(new Workload.Closed(4, TimeSpan.Zero)) with { Faults = [numbered] });

        Assert.Contains("use an open workload, or share: instead of nth:", Assert.Single(FaultLimits.Refusals(plan)), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_Plan_ShowPeaksAndCeilings()
    {
        var lines = FaultLimits.Lines(Of(new BlastRadius(Share: new Share(0.6), Replicas: 2), Hit("a", 25, 10, 0.3), Hit("b", 30, 10, 0.4), Kill("c", 26)));

        Assert.Equal(
            ["requests at most 1 - (1-30%)(1-40%) = 58% at 30s (ceiling 60%)", "replicas at most one of c = 1 at 26s (ceiling 2)", "duration 15s (no ceiling)"], lines);
    }

    private static IReadOnlyList<string> Refusals(BlastRadius radius, params Fault[] faults) => FaultLimits.Refusals(Of(radius, faults));

    private static Plan Of(BlastRadius radius, params Fault[] faults) => Plans.Create(Plans.Scenario() with { Faults = faults, BlastRadius = radius });

    private static Fault Hit(string id, double at, double length, double share) => new()
    {
        Id = id, Kind = "input.typos", At = Plans.Seconds(at), For = Plans.Seconds(length), Share = new Share(share),
    };

    private static Fault Kill(string id, double at, string? replica = null) => new()
    {
        Id = id, Kind = "node.kill", Scope = FaultScope.Replica, At = Plans.Seconds(at), For = Plans.Seconds(5),
        Select = replica is null ? new Dictionary<string, string>() : new Dictionary<string, string> { ["replica"] = replica },
    };
}
