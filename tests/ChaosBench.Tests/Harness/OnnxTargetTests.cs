using ChaosBench.Harness.Running;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Scenarios.Planning;

namespace ChaosBench.Tests.Harness;

public sealed class OnnxTargetTests
{
    private static readonly Plan Plan = Plans.Create(Plans.Scenario(
        null, Plans.Entry(Plans.Set("tickets"), 8) with { Stream = [true, false] },
        Plans.Entry(Plans.Set("canaries"), 2) with { Role = PromptRole.Canary }) with { Baseline = Plans.Target("baseline") });

    [Fact]
    public void Request_BothArmsOfABlock_HaveOneFaultKeyAndTwoIds()
    {
        var traffic = Plan.Arrivals.Where(arrival => arrival.Cohort.Role == PromptRole.Traffic).ToList();
        var pairs = traffic.GroupBy(arrival => OnnxTarget.Request(arrival).FaultKey).ToList();

        Assert.InRange(pairs.Count, 100, traffic.Count / 2);
        Assert.All(pairs, pair =>
        {
            Assert.Equal([TargetRole.Candidate, TargetRole.Baseline], pair.Select(arrival => arrival.Role).Order());
            Assert.Equal(2, pair.Select(arrival => OnnxTarget.Request(arrival).RequestId).Distinct().Count());
        });
    }

    [Fact]
    public void Request_Canary_IsSpared() => Assert.All(
        Plan.Arrivals.Where(arrival => arrival.Cohort.Role == PromptRole.Canary), arrival => Assert.Equal("", OnnxTarget.Request(arrival).FaultKey));

    [Fact]
    public void Request_Stream_IsWhatWasPlanned()
    {
        Assert.Equal(2, Plan.Arrivals.Select(arrival => arrival.Sampling.Stream).Distinct().Count());
        Assert.All(Plan.Arrivals, arrival => Assert.Equal(arrival.Sampling.Stream, OnnxTarget.Request(arrival).Stream));
    }
}
