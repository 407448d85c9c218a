using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using MathNet.Numerics.Distributions;

namespace ChaosBench.Tests.Scenarios.Planning;

public sealed class MixTests
{
    private static readonly Workload Busy = new Workload.Open(new ArrivalProcess.Constant(new Rate(200)));

    [Theory]
    [InlineData(80, 15, 5)]
    [InlineData(1, 1, 1)]
    [InlineData(0.5, 100, 3)]
    public void Create_Weights_AreSharesOfRequests(double a, double b, double c)
    {
        var plan = Plans.Create(Plans.Scenario(Busy, Plans.Entry(Plans.Set("a"), a), Plans.Entry(Plans.Set("b"), b), Plans.Entry(Plans.Set("c"), c)));

        AssertShares(plan.Arrivals.Select(arrival => arrival.Cohort.Prompts), ("a", a), ("b", b), ("c", c));
    }

    [Fact]
    public void Create_Sweep_DrawsEveryCombinationEvenly()
    {
        var entry = Plans.Entry(Plans.Set("a")) with { Temperatures = [0, 0.7, 1], MaxTokens = [8, 48], Stream = [true, false] };
        var plan = Plans.Create(Plans.Scenario(Busy, entry));
        var names = plan.Arrivals.Select(arrival => $"{arrival.Sampling.Temperature}/{arrival.Sampling.MaxTokens}/{arrival.Sampling.Stream}").ToList();

        AssertShares(names, names.Distinct().Select(name => (name, 1.0)).ToArray());
        Assert.Equal(12, names.Distinct().Count());
        Assert.All(plan.Arrivals, arrival => Assert.Equal(
            (arrival.Sampling.Temperature, arrival.Sampling.MaxTokens, arrival.Sampling.Stream),
            (arrival.Cohort.Temperature, arrival.Cohort.MaxTokens, arrival.Cohort.Stream)));
    }

    [Fact]
    public void Create_Batches_ShareAnInstantAndKeepRateAndWeights()
    {
        var plan = Plans.Create(Plans.Scenario(
            Busy, Plans.Entry(Plans.Set("a"), 3) with { Batch = [1, 8], Temperatures = [0, 1] }, Plans.Entry(Plans.Set("b"), 1)));

        // 60 s at 200/s; the number of batches of 8 is random, hence the tolerance of a few per cent.
        Assert.InRange(plan.Arrivals.Count, 11_400, 12_600);
        Assert.InRange(plan.Arrivals.Count(arrival => arrival.Cohort.Prompts == "a") / (double)plan.Arrivals.Count, 0.72, 0.78);
        foreach (var group in plan.Arrivals.GroupBy(arrival => arrival.Group))
        {
            var members = group.ToList();
            Assert.Equal(members[0].Index, group.Key);
            Assert.Equal(members[0].Cohort.Batch, members.Count);
            Assert.Single(members.Select(arrival => (arrival.At, arrival.Sampling.Temperature, arrival.Cohort.Prompts)).Distinct());
            Assert.Equal(members.Count, members.Select(arrival => arrival.Sampling.Seed).Distinct().Count());
        }
    }

    [Fact]
    public void Create_SamplingSeeds_AreInRangeAndDistinct()
    {
        var seeds = Plans.Create(Plans.Scenario(Busy)).Arrivals.Select(arrival => arrival.Sampling.Seed).ToList();

        Assert.All(seeds, seed => Assert.InRange(seed, 0, int.MaxValue));
        Assert.InRange(seeds.Distinct().Count(), seeds.Count - 3, seeds.Count);
    }

    /// <summary>Chi-square test at 0.1 %; seeds are fixed, so it never fails by chance.</summary>
    private static void AssertShares(IEnumerable<string> drawn, params (string Name, double Weight)[] weights)
    {
        var counts = drawn.CountBy(name => name).ToDictionary();
        var all = counts.Values.Sum();
        var total = weights.Sum(entry => entry.Weight);
        var statistic = weights.Sum(entry =>
        {
            var expected = all * entry.Weight / total;
            var off = counts.GetValueOrDefault(entry.Name) - expected;
            return off * off / expected;
        });

        Assert.Equal(all, weights.Sum(entry => counts.GetValueOrDefault(entry.Name)));
        Assert.InRange(statistic, 0, ChiSquared.InvCDF(weights.Length - 1, 0.999));
    }
}
