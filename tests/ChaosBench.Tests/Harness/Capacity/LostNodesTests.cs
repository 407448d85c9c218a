using ChaosBench.Harness.Capacity;
using ChaosBench.Harness.Commands;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Capacity;

public sealed class LostNodesTests
{
    [Fact]
    public async Task Kill_OneOfTwoReplicas_IsGoneUntilHealed()
    {
        var settings = new Target.Onnx { Name = "triage", Model = Repository.Path("scenarios/models/triage-v1"), Replicas = 2 };
        var loaded = new LoadedSuite(new Suite("file", "", 1, [], Authority.None), text => text.Template);
        await using var target = new CapacityTarget(TargetRole.Candidate, settings, loaded, TimeProvider.System);
        await target.Served.StartAsync(CancellationToken.None);

        using var nodes = await LostNodes.KillAsync(target, 1, seed: 1, TimeProvider.System);
        Assert.Equal([true, false], Ready(target));

        Assert.Equal(HealState.Verified, await nodes.HealAsync());
        Assert.Equal([true, true], Ready(target));
    }

    private static bool[] Ready(CapacityTarget target) => [.. Enumerable.Range(0, 2).Select(target.Replicas!.IsReady)];
}
