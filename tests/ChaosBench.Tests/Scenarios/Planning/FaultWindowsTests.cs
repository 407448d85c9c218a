using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Scenarios.Prompts;

namespace ChaosBench.Tests.Scenarios.Planning;

public sealed class FaultWindowsTests
{
    private static readonly Fault Typos = new()
    {
        Id = "typos", Kind = "input.typos", At = Plans.Seconds(25), For = Plans.Seconds(20), Share = new Share(0.5),
    };

    [Fact]
    public void Create_Burst_ActsInEachWindowAndNowhereElse()
    {
        var plan = Of(Typos with
        {
            Share = new Share(1),
            Schedule = new FaultSchedule { Repeat = new FaultRepeat.Burst(3, Plans.Seconds(5)) { For = Plans.Seconds(2) } },
        });

        Assert.Equal(
            [(25.0, 27.0), (30.0, 32.0), (35.0, 37.0)],
            plan.Faults[0].Windows.Select(window => (Nanos.ToSeconds(window.Start), Nanos.ToSeconds(window.End))));
        Assert.All(plan.Arrivals, arrival => Assert.Equal(plan.Faults[0].ActsAt(arrival.At), arrival.InputFaults.Count > 0));
        Assert.Contains(plan.Arrivals, arrival => arrival.InputFaults.Count > 0);
    }

    [Fact]
    public void Create_Poisson_DrawsTheSameInstantsForOneSeedAndOthersForAnother()
    {
        var fault = Typos with { Schedule = new FaultSchedule { Repeat = new FaultRepeat.Poisson(Plans.Seconds(1)) { For = TimeSpan.FromMilliseconds(200) } } };

        Assert.Equal(Of(fault).Faults[0].Windows, Of(fault).Faults[0].Windows);
        Assert.NotEqual(Of(fault).Faults[0].Windows, Of(fault, seed: 2).Faults[0].Windows);
        var windows = Of(fault).Faults[0].Windows;
        Assert.InRange(windows.Count, 8, 30);
        Assert.All(windows, window => Assert.True(window.Start >= Nanos.FromSeconds(25) && window.End <= Nanos.FromSeconds(45)));
        Assert.All(windows.Zip(windows.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start));
    }

    [Fact]
    public void Create_PoissonWithoutAWindow_SaysWhatToChange()
    {
        var fault = Typos with { For = Plans.Seconds(1), Schedule = new FaultSchedule { Repeat = new FaultRepeat.Poisson(TimeSpan.FromDays(1)) { For = Plans.Seconds(1) } } };

        Assert.Contains("shorten poisson.mean", Assert.Throws<PromptException>(() => Of(fault)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_RampOfShare_HitsMoreAndMore()
    {
        var plan = Of(Typos with { Schedule = new FaultSchedule { Ramp = new FaultRamp(FaultRamp.Share, 0, 1) } });

        var hits = plan.Arrivals.Where(arrival => plan.Faults[0].ActsAt(arrival.At))
            .GroupBy(arrival => (arrival.At - plan.Faults[0].Start) / Nanos.FromSeconds(5)).OrderBy(quarter => quarter.Key)
            .Select(quarter => quarter.Average(arrival => arrival.InputFaults.Count)).ToList();
        Assert.Equal(4, hits.Count);
        Assert.All(hits.Zip([0.125, 0.375, 0.625, 0.875]), pair => Assert.InRange(pair.First, pair.Second - 0.12, pair.Second + 0.12));
    }

    [Fact]
    public void Create_RampOfAParameter_HasOneValueAStepFromFirstToLast()
    {
        var plan = Of(new Fault
        {
            Id = "slow", Kind = "dependency.latency", At = Plans.Seconds(25), For = Plans.Seconds(10),
            With = new Dictionary<string, string> { ["p99"] = "2" },
            Schedule = new FaultSchedule { Ramp = new FaultRamp("delay", 0.1, 0.5, 5) },
        });

        Assert.Equal(["0.1", "0.2", "0.3", "0.4", "0.5"], plan.Faults[0].Windows.Select(window => window.With!["delay"]));
        Assert.All(plan.Faults[0].Windows, window => Assert.Equal("2", window.With!["p99"]));
        Assert.Equal(plan.Faults[0].End, plan.Faults[0].Windows[^1].End);
    }

    [Fact]
    public void Create_Nth_HitsExactlyThoseRequestsOfTheWindow()
    {
        var plan = Of(Typos with { Schedule = new FaultSchedule { Nth = [1, 4] } });

        var inWindow = plan.Arrivals.Where(arrival => plan.Faults[0].ActsAt(arrival.At)).ToList();
        Assert.Equal(
            [inWindow[0].RequestId, inWindow[3].RequestId],
            plan.Arrivals.Where(arrival => arrival.InputFaults.Count > 0).Select(arrival => arrival.RequestId));
    }

    [Fact]
    public void Create_NthInAnAbRun_HitsTheSameDrawInBothArms()
    {
        var plan = Plans.Create(Plans.Scenario() with
        {
            Baseline = Plans.Target("baseline"), Faults = [Typos with { Schedule = new FaultSchedule { Nth = [2] } }],
        });

        var hit = plan.Arrivals.Where(arrival => arrival.InputFaults.Count > 0).ToList();
        Assert.Equal([TargetRole.Candidate, TargetRole.Baseline], hit.Select(arrival => arrival.Role).Order());
        Assert.Single(hit.Select(arrival => arrival.Key).Distinct());
    }

    [Fact]
    public void Write_Plan_ListsWindowsAndVictims()
    {
        using var text = new StringWriter();
        var plan = Of(Typos with { Schedule = new FaultSchedule { Nth = [2], Repeat = new FaultRepeat.Burst(2, Plans.Seconds(5)) { For = Plans.Seconds(2) } } });

        PlanSummaryText.Write(PlanSummary.Of(plan, Authority.None, InputFaults.Catalogue), text);

        Assert.Contains("2 windows (burst: one every 5s): 25s-27s, 30s-32s", text.ToString(), StringComparison.Ordinal);
        Assert.Contains($": {plan.Arrivals.Single(arrival => arrival.InputFaults.Count > 0).RequestId}\n", text.ToString(), StringComparison.Ordinal);
        Assert.Contains(" nth=2 windows=25000000000-27000000000,30000000000-32000000000\n", Plans.Text(plan), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_FaultThatActsOnce_SaysNothingOfSchedules() =>
        Assert.DoesNotContain("windows=", Plans.Text(Of(Typos)), StringComparison.Ordinal);

    private static Plan Of(Fault fault, ulong seed = 1) => Plans.Create(Plans.Scenario() with { Faults = [fault] }, seed);
}
