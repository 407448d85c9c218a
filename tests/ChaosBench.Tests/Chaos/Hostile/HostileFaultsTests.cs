using System.Net;
using System.Net.Sockets;
using System.Text;
using ChaosBench.Chaos;
using ChaosBench.Chaos.Hostile;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Chaos.Hostile;

/// <summary>What hostile clients put on the wire, seen by a listener that answers with endless events.</summary>
public sealed class HostileFaultsTests : IDisposable
{
    private readonly Announcements _said = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly List<string> _requests = [];
    private int _broken;

    public HostileFaultsTests()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public static TheoryData<string> Names => [.. HostileFaults.Catalogue.Select(kind => kind.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Apply_EveryHostileClient_ReachesTheEndpointAndStopsWhenCleared(string kind)
    {
        var injector = Create(kind);

        await injector.ApplyAsync(default);

        await Eventually.HoldsAsync(() => _said.KeysOf(injector.Fault, UnitEvent.Applied).Count > 0);
        await injector.ClearAsync(default).WaitAsync(Eventually.Patience);
        Assert.True(await injector.VerifyHealedAsync(default));
        var count = _said.Units.Count;
        Assert.NotEmpty(_said.KeysOf(injector.Fault, UnitEvent.Applied));
        Assert.All(Requests().Where(request => request.Length > 4), request => Assert.StartsWith("POST /v1/chat/completions"[..Math.Min(20, request.Length)], request, StringComparison.Ordinal));
        Assert.Equal(count, _said.Units.Count);
    }

    [Fact]
    public async Task Abandon_AfterItsEvents_BreaksTheConnection()
    {
        var injector = Create("hostile.abandon", ("after", "3"), ("clients", "1"));

        await injector.ApplyAsync(default);

        await Eventually.HoldsAsync(() => Volatile.Read(ref _broken) > 0);
        await injector.ClearAsync(default).WaitAsync(Eventually.Patience);
    }

    [Theory]
    [InlineData("short", 100)]
    [InlineData("long", -20)]
    public async Task WrongLength_Head_IsOffByThatMuch(string how, int off)
    {
        var injector = Create("input.wrong_content_length", ("how", how), ("clients", "1"));

        await injector.ApplyAsync(default);

        await Eventually.HoldsAsync(() => Requests().Any(request => request.EndsWith('}')));
        await injector.ClearAsync(default).WaitAsync(Eventually.Patience);
        var request = Requests().First(request => request.EndsWith('}'));
        var said = int.Parse(request.Split("Content-Length: ")[1].Split("\r\n")[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(off, said - request.Split("\r\n\r\n")[1].Length);
    }

    [Fact]
    public async Task Apply_NobodyListens_IsBypassedAndEnds()
    {
        _listener.Stop();
        var injector = Create("hostile.churn", ("clients", "1"));

        await injector.ApplyAsync(default);

        await Eventually.HoldsAsync(() => _said.KeysOf(injector.Fault, UnitEvent.Bypassed).Count >= 2);
        await injector.ClearAsync(default).WaitAsync(Eventually.Patience);
        Assert.Empty(_said.KeysOf(injector.Fault, UnitEvent.Applied));
    }

    public void Dispose()
    {
        _over.Cancel();
        _listener.Dispose();
        _over.Dispose();
    }

    private List<string> Requests()
    {
        lock (_requests)
        {
            return [.. _requests];
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_over.Token));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            var at = -1;
            var buffer = new byte[4096];
            try
            {
                for (var events = 0; ; events++)
                {
                    if (socket.Available > 0 || events == 0)
                    {
                        var read = await socket.ReceiveAsync(buffer, _over.Token);
                        lock (_requests)
                        {
                            at = at < 0 ? _requests.Count : at;
                            if (at == _requests.Count)
                            {
                                _requests.Add("");
                            }

                            _requests[at] += Encoding.UTF8.GetString(buffer, 0, read);
                        }

                        await socket.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\n\r\n"), _over.Token);
                    }

                    await socket.SendAsync(Encoding.ASCII.GetBytes("data: {}\n\n"), _over.Token);
                    await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, _over.Token);
                }
            }
            catch (SocketException)
            {
                Interlocked.Increment(ref _broken);
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }
    }

    private IInjector Create(string kind, params (string Name, string Value)[] with)
    {
        var endpoint = new EndpointAddress(new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1"), "m", new Dictionary<string, string> { ["Authorization"] = "Bearer k" });
        return InjectorFactory.Create(
            new PlannedFault(
                0,
                new Fault
                {
                    Id = kind + "-1", Kind = kind, At = TimeSpan.Zero, For = TimeSpan.FromSeconds(60), With = with.ToDictionary(pair => pair.Name, pair => pair.Value),
                },
                0, 60 * Nanos.PerSecond),
            1, [new TargetControls("staging", null, []) { Endpoint = () => endpoint }], _said, null, TimeProvider.System);
    }
}
