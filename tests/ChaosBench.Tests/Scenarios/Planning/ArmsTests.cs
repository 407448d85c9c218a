using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Scenarios.Planning;

public sealed class ArmsTests
{
    private static Scenario With(ComparisonDesign design) => Plans.Scenario() with { Baseline = Plans.Target("baseline"), Design = design };

    private static ComparisonDesign.Split Split(double share, double rotate = 5, string? by = null) =>
        new(new Share(share), Plans.Seconds(rotate), by);

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.3)]
    public void Create_Split_GivesTheCandidateItsShareAtTheSameTime(double share)
    {
        var plans = Enumerable.Range(1, 6).Select(seed => Plans.Create(With(Split(share)), (ulong)seed)).ToList();
        var arrivals = plans.SelectMany(plan => plan.Arrivals).ToList();

        Assert.InRange(arrivals.Count(arrival => arrival.Role == TargetRole.Candidate) / (double)arrivals.Count, share * 0.75, share * 1.25);
        Assert.All(plans, plan => Assert.Empty(plan.Blocks));
        Assert.All(arrivals, arrival => Assert.Equal((int)(arrival.At / (5 * Nanos.PerSecond)) + 1, arrival.Block));
        Assert.Equal(plans[0].Sha256, Plans.Create(With(Split(share)), 1).Sha256);
        Assert.NotEqual(plans[0].Sha256, Plans.Create(With(Split(share, 6)), 1).Sha256);

        // The load is that of one version alone, request by request.
        var alone = Plans.Create(Plans.Scenario(), 1);
        Assert.Equal(alone.Arrivals.Select(arrival => (arrival.At, arrival.Key)), plans[0].Arrivals.Select(arrival => (arrival.At, arrival.Key)));
    }

    [Fact]
    public void Create_Split_KeepsAPromptForAPeriodAndDrawsAnewForTheNext()
    {
        var plan = Plans.Create(With(Split(0.4)));
        var roles = plan.Arrivals.GroupBy(arrival => (arrival.Block, arrival.Prompt.Id)).ToDictionary(group => group.Key, group => group.Select(one => one.Role).Distinct().ToList());

        Assert.All(roles.Values, role => Assert.Single(role));

        // Of fifty prompts about 1 in 10^3 would have the same version in all of twelve periods by chance, at a share of 40 %.
        var always = roles.GroupBy(one => one.Key.Id).Count(prompt => prompt.SelectMany(one => one.Value).Distinct().Count() == 1);
        Assert.InRange(always, 0, 3);
    }

    [Fact]
    public void Create_SplitByTag_KeepsAllOfOneTagTogether()
    {
        // All prompts of the set have one intent.
        var plan = Plans.Create(With(Split(0.5, 5, "intent")));

        Assert.All(plan.Arrivals.GroupBy(arrival => arrival.Block), period => Assert.Single(period.Select(arrival => arrival.Role).Distinct()));
        Assert.Equal(2, plan.Arrivals.Select(arrival => arrival.Role).Distinct().Count());
    }

    [Fact]
    public void Create_Shadow_CopiesEveryRequest()
    {
        var (plan, alone) = (Plans.Create(With(new ComparisonDesign.Shadow())), Plans.Create(Plans.Scenario()));
        var pairs = plan.Arrivals.Chunk(2).ToList();

        Assert.Equal(alone.Arrivals.Select(arrival => (arrival.At, arrival.Key)), pairs.Select(pair => (pair[0].At, pair[0].Key)));
        Assert.All(pairs, pair =>
        {
            Assert.Equal((pair[0].At, pair[0].Key, pair[0].Prompt, pair[0].Sampling, pair[0].Block), (pair[1].At, pair[1].Key, pair[1].Prompt, pair[1].Sampling, pair[1].Block));
            Assert.NotEqual(pair[0].Role, pair[1].Role);
        });
        Assert.InRange(pairs.Count(pair => pair[0].Role == TargetRole.Candidate) / (double)pairs.Count, 0.45, 0.55);
        Assert.NotEqual(alone.Sha256, plan.Sha256);
    }

    [Theory]
    [InlineData("input.typos")]
    [InlineData("http.503")]
    public void Create_SplitWithAFault_ChoosesAmongBothVersions(string kind)
    {
        var scenario = With(Split(0.3)) with { Faults = [new Fault { Id = "f", Kind = kind, At = Plans.Seconds(25), For = Plans.Seconds(20), Share = new Share(1), Schedule = new FaultSchedule { Nth = [1, 2, 3, 4, 5, 6, 7, 8] } }] };

        var chosen = Plans.Create(scenario).Faults[0].Chosen!;

        Assert.Equal(8, chosen.Count);
    }
}
