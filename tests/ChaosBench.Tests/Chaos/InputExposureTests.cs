using ChaosBench.Chaos;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Scenarios.Planning;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Chaos;

public sealed class InputExposureTests
{
    private static readonly Fault Typos = new() { Id = "f", Kind = "input.typos", At = Plans.Seconds(0), For = Plans.Seconds(10), Share = new Share(0.5) };

    private readonly Announcements _said = new();

    [Fact]
    public void OnSent_OpenPlan_CountsWhatThePlannerCounted()
    {
        var plan = Plans.Create(Plans.Scenario() with { Faults = [Typos] });
        var exposure = new InputExposure(plan, _said);

        foreach (var arrival in plan.Arrivals)
        {
            exposure.OnSent(arrival, arrival.At);
        }

        Assert.Equal(
            plan.Arrivals.Count(arrival => InputFaults.IsEligible(plan.Faults[0], arrival, arrival.At)),
            _said.KeysOf(plan.Faults[0], UnitEvent.Eligible).Count);
        Assert.Equal(
            plan.Arrivals.Where(arrival => arrival.InputFaults.Count > 0).Select(arrival => arrival.RequestId),
            _said.KeysOf(plan.Faults[0], UnitEvent.Applied));
    }

    [Fact]
    public void OnSent_BodyThatWasRawAlready_IsNotEligible()
    {
        var plan = Plans.Create(Plans.Scenario() with { Faults = [Typos] });
        var raw = plan.Arrivals[0] with { InputFaults = [], Prompt = plan.Arrivals[0].Prompt with { RawBody = new byte[] { 1 } } };

        new InputExposure(plan, _said).OnSent(raw, 1);

        Assert.Empty(_said.Units);
    }
}
