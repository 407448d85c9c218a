using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Scenarios.Planning;

public sealed class ShardTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    public void Owns_EveryArrival_IsOfExactlyOneShard(int of)
    {
        var plan = Plans.Create(Plans.Scenario());
        var shards = All(of);

        Assert.All(plan.Arrivals, arrival => Assert.Single(shards, shard => shard.Owns(plan, arrival)));
        Assert.Equal(plan.Arrivals.Count, shards.Sum(shard => shard.CountOf(plan)));
    }

    /// <summary>Each share is binomial: five standard deviations from its mean would be one run in a million.</summary>
    [Fact]
    public void Owns_ManyArrivals_AreSharedEvenly()
    {
        var plan = Plans.Create(Plans.Scenario());
        var expected = plan.Arrivals.Count / 4.0;

        Assert.All(All(4), shard => Assert.InRange(shard.CountOf(plan), expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected))));
    }

    [Fact]
    public void Owns_Batches_StayWhole()
    {
        var plan = Plans.Create(Plans.Scenario(null, Plans.Entry(Plans.Set("tickets")) with { Batch = [4] }));
        var owner = plan.Arrivals.Select(arrival => (arrival.Group, Owner: All(3).Single(shard => shard.Owns(plan, arrival)).Number));

        Assert.Contains(plan.Arrivals, arrival => arrival.Group != arrival.Index);
        Assert.All(owner.GroupBy(pair => pair.Group), group => Assert.Single(group.Select(pair => pair.Owner).Distinct()));
    }

    [Fact]
    public void Owns_BothArmsOfABlock_AreOneShards()
    {
        var plan = Plans.Create(Plans.Scenario() with { Baseline = Plans.Target("baseline") });
        var owners = plan.Arrivals.Where(arrival => arrival.Block > 0)
            .GroupBy(arrival => (arrival.Block, arrival.Key))
            .Select(pair => pair.Select(arrival => All(3).Single(shard => shard.Owns(plan, arrival)).Number).ToList()).ToList();

        Assert.NotEmpty(owners);
        Assert.All(owners, pair => Assert.Equal([pair[0], pair[0]], pair));
    }

    [Fact]
    public void OwnsClient_EveryClient_IsOfExactlyOneShard() =>
        Assert.All(Enumerable.Range(0, 20), client => Assert.Single(All(3), shard => shard.OwnsClient(client)));

    [Theory]
    [InlineData("input.typos", Vantage.Input, FaultScope.Request, true)]
    [InlineData("stream.cut", Vantage.Upstream, FaultScope.Stream, true)]
    [InlineData("node.kill", Vantage.Server, FaultScope.Replica, false)]
    [InlineData("resource.cpu", Vantage.Server, FaultScope.Host, false)]
    [InlineData("hostile.churn", Vantage.HostileClient, FaultScope.Connection, false)]
    public void Owns_Fault_IsEverybodysOrTheFirstOnes(string kind, Vantage vantage, FaultScope scope, bool everybodys)
    {
        var fault = new Fault { Id = "f", Kind = kind, At = Plans.Seconds(1), For = Plans.Seconds(1), Share = new Share(1) };

        Assert.True(new Shard(1, 2).Owns(Plans.Scenario(), fault, vantage, scope));
        Assert.Equal(everybodys, new Shard(2, 2).Owns(Plans.Scenario(), fault, vantage, scope));
    }

    [Theory]
    [InlineData("1/1", 1, 1)]
    [InlineData("4/4", 4, 4)]
    [InlineData("10000/10000", 10000, 10000)]
    public void TryParse_Slice_Read(string text, int number, int of) => Assert.Equal(new Shard(number, of), Shard.TryParse(text));

    [Theory]
    [InlineData("0/4")]
    [InlineData("5/4")]
    [InlineData("1")]
    [InlineData("1/2/3")]
    [InlineData("-1/4")]
    [InlineData("1/10001")]
    [InlineData("one/two")]
    [InlineData(" 1/2")]
    [InlineData("")]
    public void TryParse_NoSlice_Null(string text) => Assert.Null(Shard.TryParse(text));

    private static List<Shard> All(int of) => [.. Enumerable.Range(1, of).Select(number => new Shard(number, of))];
}
