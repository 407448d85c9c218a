using System.Runtime.Versioning;
using System.Text.Json;
using ChaosBench.Chaos;
using ChaosBench.Chaos.Docker;
using ChaosBench.Chaos.Leases;
using ChaosBench.Chaos.Nodes;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Support;
using NSubstitute;

namespace ChaosBench.Tests.Chaos.Docker;

/// <summary>Faults on a container against an engine that tells what it was asked; leases are real.</summary>
[SupportedOSPlatform("linux")]
public sealed class ContainerFaultTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly Announcements _said = new();
    private FakeDocker _docker = null!;
    private DockerEngine _engine = null!;
    private LeaseKeeper _keeper = null!;

    public async Task InitializeAsync()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        _docker = await FakeDocker.StartAsync(_temp);
        _engine = new DockerEngine(_docker.Socket);
        _keeper = await LeaseKeeper.OpenAsync(
            SomeLease.PlaceIn(_temp), "drill", (_, _) => Substitute.For<IWatchdog>(), TimeProvider.System, default);
    }

    public async Task DisposeAsync()
    {
        if (_docker is not null)
        {
            await _docker.DisposeAsync();
            await _keeper.DisposeAsync();
        }
    }

    public void Dispose()
    {
        _engine?.Dispose();
        _temp.Dispose();
    }

    [LinuxTheory]
    [InlineData("node.freeze", "pause", "unpause")]
    [InlineData("node.kill", "kill", "start")]
    public async Task ApplyThenClear_KillAndFreeze_AreUndoneById(string kind, string breaks, string heals)
    {
        var injector = Injector(kind);

        await injector.ApplyAsync(default);

        Assert.False(await injector.VerifyHealedAsync(default));
        Assert.Equal(45, Assert.Single(_keeper.Remaining()).TtlSeconds);
        await injector.ClearAsync(default);
        await injector.ClearAsync(default);
        Assert.True(await injector.VerifyHealedAsync(default));
        Assert.Equal([$"POST /containers/{FakeDocker.Id}/{breaks}", $"POST /containers/{FakeDocker.Id}/{heals}"], _docker.Calls);
        Assert.Equal(["container model"], _said.KeysOf(injector.Fault, UnitEvent.Applied));
        Assert.Empty(_keeper.Remaining());
    }

    [LinuxFact]
    public async Task ApplyThenClear_Partition_GivesBackAliasesAndAddress()
    {
        var injector = Injector("node.partition");

        await injector.ApplyAsync(default);
        Assert.False(_docker.Connected);
        await injector.ClearAsync(default);

        Assert.True(_docker.Connected);
        var given = JsonDocument.Parse(_docker.Connection).RootElement;
        Assert.Equal(FakeDocker.Id, given.GetProperty("Container").GetString());
        Assert.Equal(["svc"], given.GetProperty("EndpointConfig").GetProperty("Aliases").EnumerateArray().Select(alias => alias.GetString()!));
        Assert.Equal("172.30.0.9", given.GetProperty("EndpointConfig").GetProperty("IPAMConfig").GetProperty("IPv4Address").GetString());
        Assert.Empty(_keeper.Remaining());
    }

    [LinuxFact]
    public async Task ApplyAsync_NetworkThatItHasNot_IsRefusedWithThoseItHas()
    {
        var refusal = await Assert.ThrowsAsync<FaultRefusedException>(() => Injector("node.partition", ("network", "front")).ApplyAsync(default));

        Assert.EndsWith("no network 'front'; it has backend", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_docker.Calls);
    }

    [LinuxFact]
    public async Task ApplyAsync_NoLeaseToBeHad_BreaksNothing()
    {
        Directory.Delete(SomeLease.PlaceIn(_temp));

        await Assert.ThrowsAsync<LeaseException>(() => Injector("node.freeze").ApplyAsync(default));

        Assert.Empty(_docker.Calls);
    }

    [LinuxTheory]
    [InlineData(false, false, "does not run")]
    [InlineData(true, true, "is paused already")]
    public async Task ApplyAsync_BrokenAlready_IsRefused(bool running, bool paused, string why)
    {
        (_docker.Running, _docker.Paused) = (running, paused);

        var refusal = await Assert.ThrowsAsync<FaultRefusedException>(() => Injector("node.kill").ApplyAsync(default));

        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_docker.Calls);
    }

    [LinuxFact]
    public async Task VerifyHealed_ItsOwnHealthCheckIsNotContent_IsNotHealedYet()
    {
        var injector = Injector("node.kill");
        await injector.ApplyAsync(default);
        await injector.ClearAsync(default);
        _docker.Health = "starting";

        Assert.False(await injector.VerifyHealedAsync(default));
        _docker.Health = "healthy";
        Assert.True(await injector.VerifyHealedAsync(default));
    }

    [LinuxFact]
    public async Task ClearAsync_EngineSaysYesAndDoesNothing_KeepsTheLease()
    {
        var injector = Injector("node.freeze");
        await injector.ApplyAsync(default);
        _docker.Instead = call => call.EndsWith("unpause", StringComparison.Ordinal) ? "{}" : null;

        await Assert.ThrowsAsync<LeaseException>(() => injector.ClearAsync(default));

        Assert.Single(_keeper.Remaining());
    }

    [LinuxTheory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("{\"Id\":\"short\",\"State\":{}}")]
    [InlineData("{\"Id\":7}")]
    [InlineData("internal error: ...")]
    public async Task InspectAsync_AnswerThatIsNoContainer_IsADockerException(string answer)
    {
        _docker.Instead = _ => answer;

        await Assert.ThrowsAsync<DockerException>(() => _engine.InspectAsync("model", default));
    }

    [LinuxFact]
    public async Task InspectAsync_EndlessAnswer_IsCutOff()
    {
        _docker.Instead = _ => "{" + new string(' ', 5 << 20) + "}";

        await Assert.ThrowsAsync<DockerException>(() => _engine.InspectAsync("model", default));
    }

    [Theory]
    [InlineData(null, "/var/run/docker.sock")]
    [InlineData("unix:///run/user/1000/docker.sock", "/run/user/1000/docker.sock")]
    public void DefaultPlace_DockerHost_IsTheOperators(string? host, string expected) =>
        Assert.Equal(expected, DockerEngine.DefaultPlace(_ => host));

    [Theory]
    [InlineData("tcp://10.0.0.1:2375")]
    [InlineData("unix://relative.sock")]
    public void DefaultPlace_NoUnixSocket_IsRefusedWithTheRemedy(string host) => Assert.Contains(
        "set it to unix:///", Assert.Throws<DockerException>(() => DockerEngine.DefaultPlace(_ => host)).Message, StringComparison.Ordinal);

    private IInjector Injector(string kind, params (string Key, string Value)[] with) => InjectorFactory.Create(
        new PlannedFault(
            0,
            new Fault
            {
                Id = kind + "-1", Kind = kind, At = TimeSpan.Zero, For = TimeSpan.FromSeconds(15),
                Select = new Dictionary<string, string> { ["container"] = "model" },
                With = with.ToDictionary(pair => pair.Key, pair => pair.Value),
            },
            0, 15 * Nanos.PerSecond),
        1, [], _said, new NodeReach(_keeper, _engine));
}
