using ChaosBench.Chaos.Proxy;
using ChaosBench.Harness.Running;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Engine;

namespace ChaosBench.Tests.Harness;

public sealed class PlanKeysTests
{
    private static readonly PlannedFault Any = new(
        0, new Fault { Id = "it", Kind = "stream.cut", At = default, For = default }, 0, 1);

    private readonly PlanKeys _keys = new(Plan());

    [Theory]
    [InlineData("r000000", "drawn-7")]
    [InlineData("r000002", "drawn-7")]
    [InlineData("r000001", null)]
    [InlineData("c1-r1", null)]
    [InlineData("r99999999999999", null)]
    [InlineData("", null)]
    public void KeyOf_Request_IsWhatWasDrawnAndSparesCanariesAndStrangers(string request, string? key)
    {
        Assert.Equal(key, _keys.KeyOf(Any, request));
        Assert.Equal(key ?? "", _keys.KeyOf(request));
    }

    [Fact]
    public void KeyOf_OtherPromptSet_IsSpared()
    {
        var selecting = Any with { Fault = Any.Fault with { Select = new Dictionary<string, string> { ["prompts"] = "others" } } };
        Assert.Null(((ITrafficKeys)_keys).KeyOf(selecting, "r000000"));
    }

    private static Plan Plan()
    {
        var plan = Plans.Open([0, 1], TimeSpan.FromSeconds(1));
        return plan with
        {
            Arrivals =
            [
                plan.Arrivals[0] with { Key = "drawn-7" },
                plan.Arrivals[1] with { Cohort = plan.Arrivals[1].Cohort with { Role = PromptRole.Canary } },
            ],
        };
    }
}
