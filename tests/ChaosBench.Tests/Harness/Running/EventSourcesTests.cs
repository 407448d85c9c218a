using System.Reflection;
using ChaosBench.Harness.Running;
using ChaosBench.Server;

namespace ChaosBench.Tests.Harness.Running;

public sealed class EventSourcesTests
{
    [Theory]
    [InlineData(ServerEventKind.ReplicaLost, "r000001", "router")]
    [InlineData(ServerEventKind.ReplicaLost, null, "health-probe")]
    [InlineData(ServerEventKind.ReplicaUnresponsive, null, "health-probe")]
    [InlineData(ServerEventKind.FailedOver, "r000001", "router")]
    [InlineData(ServerEventKind.ReplicaRestarting, null, "supervisor")]
    [InlineData(ServerEventKind.QueueFull, "r000001", "admission")]
    [InlineData(ServerEventKind.DeadlineExceeded, "r000001", "scheduler")]
    [InlineData(ServerEventKind.DependencyTimeout, "r000001", "dependency")]
    [InlineData(ServerEventKind.GuardrailRefused, "r000001", "guardrail")]
    public void Detection_ServerEvent_NamesWhoSawIt(string kind, string? request, string by)
    {
        var seen = EventSources.Detection("it", new ServerEvent(kind, 1, request), 5);

        Assert.Equal((by, kind, "it", 5L), (seen.By, seen.What, seen.Target, seen.At));
        Assert.Null(seen.Source);
    }

    [Fact]
    public void Of_EveryKindOfEvent_HasASourceOfItsOwn()
    {
        var kinds = typeof(ServerEventKind).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!).ToList();

        Assert.NotEmpty(kinds);
        Assert.All(kinds, kind => Assert.NotEqual("server", EventSources.Of(new ServerEvent(kind))));
    }
}
