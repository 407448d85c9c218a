using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using ChaosBench.Chaos.Leases;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>Real containers of a real engine, broken by the command as a user starts it. One of them serves a model under load.</summary>
[SupportedOSPlatform("linux")]
[Collection(DockerTests.Name)]
public sealed class ContainerDrillTests(DockerServer docker) : IDisposable
{
    private static int s_containers;

    private readonly TempFolder _folder = new();
    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"victim-{Interlocked.Increment(ref s_containers)}");

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public async Task Run_ServerKilledThenPausedUnderLoad_FailsMeanwhileAndRecovers()
    {
        docker.SkipWhereThereIsNone();
        var port = FreePort();
        await docker.StartAsync(_name,
        [
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "/usr/bin/dotnet", Path.Combine(AppContext.BaseDirectory, "chaosbench.dll"), "serve",
            Repository.Path("scenarios", "models", "triage-v1"), "--port", port.ToString(CultureInfo.InvariantCulture), "--replicas", "1", "--device", "cpu",
        ]);
        using var client = new HttpClient();
        await Eventually.HoldsAsync(() => Serves(client, port));
        var first = await docker.ProcessAsync(_name);
        using var run = Start(
            $"{{ type: openai, url: \"http://127.0.0.1:{port}/v1\", model: triage-v1, requestTimeout: 1s }}",
            "{ at: 1s, for: 2s, fault: node.kill, select: { container: VICTIM } }, { at: 20s, for: 3s, fault: node.freeze, select: { container: VICTIM } }",
            "{ warmUp: 0s, baseline: 1s, fault: 22s, recovery: 1s }");

        Assert.True(await run.ExitAsync() == 0, run.Error);

        var summary = Summary();
        Assert.Equal("Verified", summary.Healed.ToString());
        Assert.All(summary.Faults, fault => Assert.Equal(("real", "healed", 1), (fault.Fidelity, fault.State, fault.Applied)));
        Assert.True(summary.Counts["completed"] > 0);
        // Refused while it was dead, timed out while it was paused.
        Assert.True(summary.Counts.GetValueOrDefault("connect-error") + summary.Counts.GetValueOrDefault("reset") > 0, run.Error);
        Assert.True(summary.Counts.GetValueOrDefault("timed-out") > 0, run.Error);
        Assert.NotEqual(first, await docker.ProcessAsync(_name));
        Assert.Equal("running", await docker.StatusAsync(_name));
    }

    [SkippableTheory]
    [InlineData("node.freeze", "paused")]
    [InlineData("node.kill", "exited")]
    public async Task Run_KilledInTheMiddle_IsHealedByTheWatchdog(string fault, string broken)
    {
        docker.SkipWhereThereIsNone();
        await docker.StartAsync(_name, ["/usr/bin/sleep", "600"]);
        using var run = StartInProcess($"{{ fault: {fault}, select: {{ container: VICTIM }} }}");
        await run.UntilAsync(() => docker.StatusAsync(_name).GetAwaiter().GetResult() == broken, $"the container is {broken}");

        run.Signal("KILL");

        await Eventually.HoldsAsync(() => docker.StatusAsync(_name).GetAwaiter().GetResult() == "running");
        await Eventually.HoldsAsync(() => Directory.GetFiles(Leases, "*.json").Length == 0);
    }

    [SkippableFact]
    public async Task Run_PartitionKilledInTheMiddle_GivesTheNetworkBack()
    {
        docker.SkipWhereThereIsNone();
        var network = $"net-{_name}";
        Skip.If(await docker.NetworkAsync(network) is null, "this kernel makes no bridge for a container network");
        await docker.StartAsync(_name, ["/usr/bin/sleep", "600"], network);
        using var run = StartInProcess("{ fault: node.partition, select: { container: VICTIM } }");
        await run.UntilAsync(() => docker.NetworksOfAsync(_name).GetAwaiter().GetResult().Count == 0, "the container lost its network");

        run.Signal("KILL");

        await Eventually.HoldsAsync(() => docker.NetworksOfAsync(_name).GetAwaiter().GetResult().ContainsKey(network));
        await Eventually.HoldsAsync(() => Directory.GetFiles(Leases, "*.json").Length == 0);
    }

    [SkippableFact]
    public async Task Watchdog_OrderCarriedOutAfterTheRunDied_IsHealedAllTheSame()
    {
        docker.SkipWhereThereIsNone();
        var network = $"net-{_name}";
        var id = await docker.NetworkAsync(network);
        Skip.If(id is null, "this kernel makes no bridge for a container network");
        await docker.StartAsync(_name, ["/usr/bin/sleep", "600"], network);
        var folder = SomeLease.Folder(_folder);
        SomeLease.Leave(folder, SomeLease.Of(
            new HealAction.ConnectNetwork(docker.Socket, await docker.IdAsync(_name), id!, ["model"], null), ProcessIdentity.OfThis()));
        var said = new List<string>();

        // The watchdog looks while the order is on its way: at first nothing is broken.
        await docker.DisconnectAndHangUpAsync(id!, _name);
        var healed = await new Watchdog(folder, ProcessIdentity.OfThis(), said.Add, TimeProvider.System).RunAsync(Stream.Null, default).WaitAsync(Eventually.Patience);

        Assert.True(healed);
        Assert.Contains("it is connected again", Assert.Single(said), StringComparison.Ordinal);
        Assert.Contains("model", (await docker.NetworksOfAsync(_name))[network]);
    }

    [SkippableFact]
    public async Task Run_NoSuchContainer_IsRefusedBeforeAnythingIsSent()
    {
        docker.SkipWhereThereIsNone();
        using var run = StartInProcess("{ fault: node.freeze, select: { container: VICTIM } }");

        Assert.Equal(4, await run.ExitAsync());
        Assert.Contains($"No such container: {_name}", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Runs));
    }

    private string State => Path.Combine(_folder.Path, "state");

    private string Leases => Path.Combine(State, "chaosbench", "leases");

    private string Runs => Path.Combine(_folder.Path, "runs");

    private static bool Serves(HttpClient client, int port)
    {
        try
        {
            using var ask = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/v1/models");
            using var reply = client.Send(ask);
            return reply.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Against a model in this process, so that only the container is broken.</summary>
    private CommandProcess StartInProcess(string fault) => Start(
        $"{{ model: {Repository.Path("scenarios", "models", "triage-v1")}, device: cpu, replicas: 1 }}", fault,
        "{ warmUp: 0s, baseline: 500ms, fault: 10m, recovery: 500ms }");

    private CommandProcess Start(string target, string faults, string phases)
    {
        var file = _folder.File("s.yaml", $$"""
            version: 1
            targets: { it: {{target}} }
            prompts: { tickets: { generated: support-ticket } }
            scenarios:
              - target: it
                rate: 5/s
                mix: [{ prompts: tickets, maxTokens: 4 }]
                phases: {{phases}}
                faults: [{{faults.Replace("VICTIM", _name, StringComparison.Ordinal)}}]
            """);
        return CommandProcess.Start(
            _folder.Path, $"export XDG_STATE_HOME='{State}' DOCKER_HOST='unix://{docker.Socket}';", ["run", file, "--allow-docker", "--out", Runs]);
    }

    private Summary Summary() => RunFolder.Rebuild(Directory.EnumerateDirectories(Runs, "2*").Single()).Summary;
}
