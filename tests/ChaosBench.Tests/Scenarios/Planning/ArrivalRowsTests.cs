using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Scenarios.Planning;

public sealed class ArrivalRowsTests
{
    private static readonly PhaseDurations Long = new(default, TimeSpan.FromHours(20), default, default);

    [Theory]
    [InlineData(0.1)] // chunks of half a day: times need their upper half
    [InlineData(20)]
    public void Create_AnyRate_RowsGiveBackTheInstantsTheyWereMadeFrom(double rate)
    {
        var process = new ArrivalProcess.Poisson(new Rate(rate));
        var scenario = Plans.Scenario(new Workload.Open(process)) with { Phases = rate < 1 ? Long : Plans.Scenario().Phases };

        var plan = Plans.Create(scenario);

        Assert.Equal(ArrivalTimes.Create(process, plan.End, 1, KeyedHash.Stream(1, "arrivals")), plan.Arrivals.Select(arrival => arrival.At));
        Assert.True(plan.Arrivals.Count > 1000);
    }

    [Fact]
    public void Create_Batches_GroupIsTheFirstOfEach()
    {
        var plan = Plans.Create(Plans.Scenario(null, Plans.Entry(Plans.Set("tickets")) with { Batch = [1, 7, 256] }));

        foreach (var group in plan.Arrivals.GroupBy(arrival => arrival.Group))
        {
            Assert.Equal(group.Key, group.First().Index);
            Assert.Equal(group.First().Cohort.Batch, group.Count());
            Assert.Single(group.Select(arrival => arrival.At).Distinct());
        }
    }

    [Fact]
    public void Index_AnyOrderAndTwice_SaysTheSame()
    {
        var entry = Plans.Entry(Plans.Set("tickets")) with { Temperatures = [0, 0.7], MaxTokens = [8, 16], Stream = [true, false] };
        var plan = Plans.Create(Plans.Scenario(null, entry, Plans.Entry(Plans.Set("a"))) with { Baseline = Plans.Target("baseline") });
        var inOrder = plan.Arrivals.ToList();

        for (var index = inOrder.Count - 1; index >= 0; index -= 7)
        {
            Assert.Equal(inOrder[index], plan.Arrivals[index]);
        }

        Assert.All(inOrder, arrival => Assert.Equal(plan.Blocks.Single(block => block.Start <= arrival.At && arrival.At < block.End).Role, arrival.Role));
        Assert.Throws<ArgumentOutOfRangeException>(() => plan.Arrivals[inOrder.Count]);
        Assert.Throws<ArgumentOutOfRangeException>(() => plan.Arrivals[-1]);
    }

    [Fact]
    public void Create_LikeArrivals_ShareOneCohort()
    {
        var plan = Plans.Create(Plans.Scenario(null, Plans.Entry(Plans.Set("tickets")) with { Temperatures = [0, 1] }));

        Assert.Equal(2, plan.Arrivals.Select(arrival => arrival.Cohort).Distinct(ReferenceEqualityComparer.Instance).Count());
    }

    [Fact]
    public void Row_OfAnArrival_TakesSixteenBytes() => Assert.Equal(16, ArrivalRows.RowBytes);
}
