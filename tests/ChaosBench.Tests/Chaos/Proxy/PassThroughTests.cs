using System.Net;
using System.Text;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Chaos.Proxy;

/// <summary>Without faults every byte goes through as it came, whatever it is.</summary>
public sealed class PassThroughTests
{
    private readonly Announcements _said = new();

    public static TheoryData<string> Replies => new()
    {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ntransfer-ENCODING: chunked\r\n\r\n5;x=\"y\"\r\nhello\r\n00A\r\n0123456789\r\n0\r\nTrailer: yes\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: a\r\n\r\n: comment\r\rdata: [DONE]\n\n",
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nanything \x00\xff goes",
        "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\ntoo short",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nbroken",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "HTTP/9.9 what\r\n\r\n",
        "\x00\x01\x02 no http at all",
        "",
    };

    [Theory]
    [MemberData(nameof(Replies))]
    public async Task Reply_AnyBytesInAnyPieces_ArriveAsSent(string reply)
    {
        var bytes = Raw.Bytes(reply);
        foreach (var size in new[] { 1, 3, bytes.Length + 1 })
        {
            await using var server = new RawServer(keepsOpen: false, [.. bytes.Chunk(size)]);
            await using var proxy = Raw.Proxy(server.Url, _said);

            var (got, _) = await Raw.ExchangeAsync(proxy.Address, Raw.Bytes(Raw.Get), endsSending: false);

            Assert.Equal(bytes, got);
        }
    }

    [Theory]
    [InlineData("POST /a?b=c HTTP/1.1\r\nhost: Odd.Case\r\nX-Twice: 1\r\nX-Twice: 2\r\nContent-Length: 7\r\n\r\n\0\u0001\u00ff\r\n{}")]
    [InlineData("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001 a handshake that is none of ours")]
    [InlineData("GET / HTTP/1.1\r\n folded: header\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd")]
    [InlineData("CONNECT other.example:443 HTTP/1.1\r\n\r\n")]
    [InlineData("GET http://other.example/ HTTP/1.1\r\nHost: other.example\r\n\r\n")]
    public async Task Request_AnyBytes_ReachTheUpstreamAndNobodyElse(string request)
    {
        await using var server = new RawServer(keepsOpen: false, Raw.Bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        await using var proxy = Raw.Proxy(server.Url, _said);

        await Raw.ExchangeAsync(proxy.Address, Raw.Bytes(request));

        Assert.Equal(Raw.Bytes(request), server.Received.ToArray());
    }

    [Fact]
    public async Task Requests_OnOneConnection_KeepOneConnectionBehindIt()
    {
        await using var server = new RawServer(keepsOpen: true, Raw.Bytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        await using var proxy = Raw.Proxy(server.Url, _said);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 });

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal("ok", await client.GetStringAsync(proxy.BaseAddress));
        }

        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Hostile_BytesOnBothSides_LeaveTheProxyServing()
    {
        var noise = new ChaosBench.Scenarios.Planning.SplitMix64(7);
        var junk = new byte[300_000];
        for (var i = 0; i < junk.Length; i++)
        {
            junk[i] = (byte)noise.Next(256);
        }

        await using var server = new RawServer(keepsOpen: false, junk);
        await using var proxy = Raw.Proxy(server.Url, _said);
        byte[][] requests =
        [
            junk, [.. Raw.Bytes("GET / HTTP/1.1\r\nX: "), .. Encoding.ASCII.GetBytes(new string('a', 200_000))], [], Raw.Bytes("GET"),
            [.. Raw.Bytes("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"), .. junk],
        ];

        foreach (var request in requests)
        {
            await Raw.ExchangeAsync(proxy.Address, request);
        }

        var (got, _) = await Raw.ExchangeAsync(proxy.Address, Raw.Bytes(Raw.Get), endsSending: false);
        Assert.Equal(junk, got);
        await Eventually.HoldsAsync(() => proxy.Connections == 0);
    }

    [Fact]
    public async Task Upstream_Down_AnswersWithTheReason()
    {
        // Nobody listens on the port of the discard service, and no test is given it.
        var url = new Uri("http://127.0.0.1:9");
        await using var proxy = Raw.Proxy(url, _said);
        using var client = new HttpClient();

        using var reply = await client.GetAsync(proxy.BaseAddress);

        Assert.Equal(HttpStatusCode.BadGateway, reply.StatusCode);
        Assert.Contains("upstream_unreachable", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(url.Authority, await proxy.UpstreamProblemAsync(CancellationToken.None), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortTaken_SaysWhatToDo()
    {
        await using var server = new RawServer(keepsOpen: false);
        await using var first = Raw.Proxy(server.Url, _said);
        var options = new ChaosBench.Chaos.Proxy.ProxyOptions { Upstream = server.Url, Listen = first.Address };

        var problem = Assert.Throws<IOException>(() => ChaosBench.Chaos.Proxy.FaultProxy.Start(
            options, ChaosBench.Chaos.Proxy.RequestIdKeys.Instance, _said, TimeProvider.System));

        Assert.Contains("choose another port", problem.Message, StringComparison.Ordinal);
    }
}
