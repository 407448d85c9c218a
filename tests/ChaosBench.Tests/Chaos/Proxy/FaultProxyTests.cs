using System.Collections.Concurrent;
using System.Net.Sockets;
using ChaosBench.Chaos;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Chaos.Proxy;

/// <summary>Whom faults hit, and when they are over.</summary>
public sealed class FaultProxyTests : IAsyncLifetime
{
    private readonly Announcements _said = new();
    private ScriptedEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    [Theory]
    [InlineData("http.503")]
    [InlineData("stream.cut")]
    public async Task Set_SameSeed_HitsTheSameRequestsAtConcurrency1And64(string kind)
    {
        var alone = await VictimsAsync(kind, 1, seed: 11);
        var crowded = await VictimsAsync(kind, 64, seed: 11);
        var otherwise = await VictimsAsync(kind, 64, seed: 12);

        Assert.InRange(alone.Count, 40, 130);
        Assert.Equal(alone, crowded);
        Assert.NotEqual(alone, otherwise);
    }

    [Fact]
    public async Task Set_WithALimit_IsLiftedByTheProxyItself()
    {
        var time = new FakeTime();
        await using var proxy = Raw.Proxy(new Uri(_endpoint.Url), _said, time);
        var fault = Raw.Fault("http.500");
        proxy.Set(fault, TimeSpan.FromSeconds(5));
        Assert.Equal(500, await StatusAsync(proxy.BaseAddress));

        time.Advance(TimeSpan.FromSeconds(5));

        Assert.Empty(proxy.Faults);
        Assert.Equal(200, await StatusAsync(proxy.BaseAddress));
        Assert.False(proxy.Clear(fault));
    }

    [Fact]
    public async Task Clear_InTheMiddleOfAStall_LetsTheStreamGoOn()
    {
        await using var proxy = Raw.Proxy(new Uri(_endpoint.Url), _said);
        var fault = Raw.Fault("stream.stall", 1, ("after", "1"));
        proxy.Set(fault, null);
        var reply = ReadAsync(proxy.BaseAddress, "r1");
        await Eventually.HoldsAsync(() => _said.KeysOf(fault.Planned, UnitEvent.Applied).Count == 1);
        Assert.False(reply.IsCompleted);

        proxy.Clear(fault);

        Assert.Contains("[DONE]", await reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuse_WhileItLasts_TheKernelRefusesAndThePortStaysOurs()
    {
        await using var proxy = Raw.Proxy(new Uri(_endpoint.Url), _said);
        for (var round = 0; round < 3; round++)
        {
            var fault = Raw.Fault("connection.refuse");
            proxy.Set(fault, null);
            var refusal = await Assert.ThrowsAsync<HttpRequestException>(() => StatusAsync(proxy.BaseAddress));
            Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(refusal.InnerException).SocketErrorCode);
            Assert.False(proxy.Listens);

            proxy.Clear(fault);

            Assert.True(proxy.Listens);
            Assert.Equal(200, await StatusAsync(proxy.BaseAddress));
        }
    }

    [Fact]
    public async Task Stall_ClientLeaves_TheUpstreamIsLeftToo()
    {
        await using var proxy = Raw.Proxy(new Uri(_endpoint.Url), _said);
        proxy.Set(Raw.Fault("connection.blackhole"), null);
        using var leave = new CancellationTokenSource();
        var reply = ReadAsync(proxy.BaseAddress, "r1", leave.Token);
        await Eventually.HoldsAsync(() => proxy.Connections == 1);

        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reply);
        await Eventually.HoldsAsync(() => proxy.Connections == 0);
    }

    [Fact]
    public async Task Stream_FaultOnWholeReply_IsNotEligible()
    {
        await using var proxy = Raw.Proxy(new Uri(_endpoint.Url), _said);
        proxy.Set(Raw.Fault("stream.cut"), null);
        using var client = new HttpClient();

        Assert.Contains("scripted", await client.GetStringAsync(new Uri(proxy.BaseAddress, "v1/models")), StringComparison.Ordinal);

        Assert.Empty(_said.Units);
    }

    [Fact]
    public async Task Stream_EndsBeforeItsPlace_CountsAsBypassed()
    {
        await using var proxy = Raw.Proxy(new Uri(_endpoint.Url), _said);
        var fault = Raw.Fault("stream.cut", 1, ("after", "50"));
        proxy.Set(fault, null);

        Assert.Contains("[DONE]", await ReadAsync(proxy.BaseAddress, "r1"), StringComparison.Ordinal);

        await Eventually.HoldsAsync(() => _said.KeysOf(fault.Planned, UnitEvent.Bypassed).Count == 1);
        Assert.Empty(_said.KeysOf(fault.Planned, UnitEvent.Applied));
    }

    private async Task<IReadOnlyList<string>> VictimsAsync(string kind, int concurrency, ulong seed)
    {
        var said = new Announcements();
        await using var proxy = Raw.Proxy(new Uri(_endpoint.Url), said, seed: seed);
        var fault = Raw.Fault(kind, 0.3);
        proxy.Set(fault, null);
        var failed = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 300), new ParallelOptions { MaxDegreeOfParallelism = concurrency }, async (number, cancellation) =>
        {
            var id = FormattableString.Invariant($"r{number:D6}");
            if (!(await ReadAsync(proxy.BaseAddress, id, cancellation)).Contains("[DONE]", StringComparison.Ordinal))
            {
                failed.Add(id);
            }
        });

        // What was announced is what happened.
        Assert.Equal(failed.Order(StringComparer.Ordinal), said.KeysOf(fault.Planned, UnitEvent.Applied).Order(StringComparer.Ordinal));
        Assert.Equal(300, said.KeysOf(fault.Planned, UnitEvent.Eligible).Count);
        return [.. failed.Order(StringComparer.Ordinal)];
    }

    private static async Task<int> StatusAsync(Uri proxy)
    {
        using var client = new HttpClient();
        using var reply = await client.GetAsync(new Uri(proxy, "v1/models"));
        return (int)reply.StatusCode;
    }

    /// <summary>What came, whole or not.</summary>
    private static async Task<string> ReadAsync(Uri proxy, string id, CancellationToken cancellation = default)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(proxy, "v1/chat/completions")) { Content = new StringContent("{}") };
        request.Headers.Add("x-request-id", id);
        try
        {
            using var reply = await client.SendAsync(request, cancellation);
            return await reply.Content.ReadAsStringAsync(cancellation);
        }
        catch (HttpRequestException cut)
        {
            return cut.Message;
        }
    }
}
