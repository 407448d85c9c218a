using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChaosBench.Tests.Engine.Targets.OpenAi;

/// <summary>TLS on loopback, with both HTTP clients: they must come to the same outcome.</summary>
public abstract class SecureTargetTests : IDisposable
{
    private const string Event = "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n";
    private const string Done = "data: [DONE]\n\n";
    private const string Whole = "{\"choices\":[{\"message\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}]}";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // One for all: keys take long to make.
    private static readonly X509Certificate2 Certificate = Certificates.SelfSigned();

    private readonly HttpTransport _transport;
    private readonly string _folder = Directory.CreateTempSubdirectory("chaosbench-tls").FullName;

    protected SecureTargetTests(HttpTransport transport) => _transport = transport;

    /// <summary>Bytes of a streamed reply after which the server goes away: in its head, in an event, between two, and never.</summary>
    public static TheoryData<int, bool, Outcome> Cuts
    {
        get
        {
            var head = Answer.StreamHead.Length;
            return new()
            {
                { 20, false, Outcome.Reset },
                { head, false, Outcome.Truncated },
                { head + Event.Length - 5, false, Outcome.Truncated },
                { head + Event.Length, false, Outcome.Truncated },
                { head + Event.Length, true, Outcome.Reset },
                { int.MaxValue, false, Outcome.Completed },
            };
        }
    }

    [Fact]
    public async Task SendAsync_KestrelAnswersChatAndStream_OnConnectionsThatAreKept()
    {
        var connections = new ConcurrentDictionary<string, int>();
        await using var server = await KestrelAsync(async context =>
        {
            connections.AddOrUpdate(context.Connection.Id, 1, (_, count) => count + 1);
            using var reader = new StreamReader(context.Request.Body);
            var streams = (await reader.ReadToEndAsync()).Contains("\"stream\":true", StringComparison.Ordinal);
            context.Response.ContentType = streams ? "text/event-stream" : "application/json";
            await context.Response.WriteAsync(streams ? Event + Event + Done : Whole);
        });
        await using var target = new OpenAiTarget(Trusting(server.Url));

        for (var number = 0; number < 6; number++)
        {
            var (response, instants) = await Ask.OnceAsync(target, Plans.Arrival(number, 0, stream: number % 2 == 0)).WaitAsync(Limit);

            Assert.True(response.Outcome == Outcome.Completed, response.Reason);
            Assert.Equal(number % 2 == 0 ? "HiHi" : "Hello", response.Text);
            Assert.True(instants.Sent <= instants.FirstToken && instants.FirstToken <= instants.LastToken);
        }

        // Behind the end of a stream comes the end of its body: a request that goes out before it takes a second connection, and none a third.
        Assert.InRange(connections.Count, 1, 2);
        Assert.Equal(6, connections.Values.Sum());
    }

    [Fact]
    public async Task SendAsync_PromptOfMegabytes_ArrivesWhole()
    {
        await using var server = await KestrelAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var length = (await reader.ReadToEndAsync()).Length;
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(Whole.Replace("Hello", length.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        });
        var text = new string('a', 5_000_000);
        var arrival = Plans.Arrival(0, 0, stream: false) with { Prompt = new PlannedPrompt("long", [new ChatMessage("user", text)], null, null) };

        var (response, _) = await Ask.OnceAsync(Trusting(server.Url), arrival).WaitAsync(Limit);

        Assert.True(response.Outcome == Outcome.Completed, response.Reason);
        Assert.InRange(int.Parse(response.Text!, CultureInfo.InvariantCulture), text.Length + 1, text.Length + 500);
    }

    [Fact]
    public async Task SendAsync_OutputOfMegabytes_ArrivesWhole()
    {
        var text = new string('b', 3_000_000);
        await using var server = await KestrelAsync(context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(Whole.Replace("Hello", text, StringComparison.Ordinal));
        });

        var (response, _) = await Ask.OnceAsync(Trusting(server.Url), Plans.Arrival(0, 0, stream: false)).WaitAsync(Limit);

        Assert.True(response.Outcome == Outcome.Completed, response.Reason);
        Assert.Equal(text, response.Text);
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task SendAsync_ServerGoesAway_HasTheOutcomeOfPlainHttp(int bytes, bool reset, Outcome expected)
    {
        var wire = Encoding.UTF8.GetBytes(Answer.StreamHead + Event + Event + Done);
        var answer = new Answer(wire.AsMemory(0, Math.Min(bytes, wire.Length))) { Reset = reset };
        await using var server = new ScriptedServer(_ => answer, Certificate);

        var (response, _) = await Ask.OnceAsync(Trusting(server.Url)).WaitAsync(Limit);

        Assert.Equal(expected, response.Outcome);
    }

    [Fact]
    public async Task SendAsync_EventsCutAnywhere_AreStampedAsTheyArrive()
    {
        var seen = new Stamps();
        await using var server = await KestrelAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            foreach (var half in (string[])[Event[..30], Event[30..]])
            {
                await context.Response.WriteAsync(half);
                await context.Response.Body.FlushAsync();
            }

            // The next one is not sent before the client has told of this one.
            await seen.First.Task.WaitAsync(Limit);
            await context.Response.WriteAsync(Event + Done);
        });
        await using var target = new OpenAiTarget(Trusting(server.Url));

        var response = await target.SendAsync(Plans.Arrival(0, 0), seen, CancellationToken.None).WaitAsync(Limit);

        Assert.True(response.Outcome == Outcome.Completed, response.Reason);
        Assert.Equal(2, seen.Tokens.Count);
        Assert.All(seen.Tokens, token => Assert.Contains(token, seen.Made));
        Assert.True(seen.Tokens[0] < seen.Tokens[1]);
    }

    [Theory]
    [InlineData("example.test", 1)]
    [InlineData(null, -2)]
    public async Task SendAsync_WrongHostOrExpired_IsTlsErrorAndNothingIsSent(string? host, int days)
    {
        using var certificate = Certificates.SelfSigned(host, days);
        await using var server = new ScriptedServer(_ => Answer.Json(200, Whole), certificate);

        var (response, _) = await Ask.OnceAsync(Trusting(server.Url, certificate)).WaitAsync(Limit);

        Assert.True(response.Outcome == Outcome.TlsError, response.Reason);
        Assert.StartsWith("no secure connection: ", response.Reason, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task SendAsync_HostHeader_IsTheNameThatMustBeProven()
    {
        using var certificate = Certificates.SelfSigned("example.test");
        await using var server = new ScriptedServer(_ => Answer.Json(200, Whole), certificate);
        var settings = Trusting(server.Url, certificate) with { Headers = new Dictionary<string, string> { ["Host"] = "example.test:8443" } };

        var (response, _) = await Ask.OnceAsync(settings, Plans.Arrival(0, 0, stream: false)).WaitAsync(Limit);

        Assert.True(response.Outcome == Outcome.Completed, response.Reason);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("")]
    public async Task SendAsync_ServerWithoutTls_IsTlsError(string says)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(says));
        });

        var (response, _) = await Ask.OnceAsync(Trusting(UrlOf(listener))).WaitAsync(Limit);

        Assert.True(response.Outcome == Outcome.TlsError, response.Reason);
        await serving;
    }

    [Fact]
    public async Task SendAsync_ServerThatNeverShakesHands_IsConnectError()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        var (response, _) = await Ask.OnceAsync(Trusting(UrlOf(listener)) with { ConnectTimeout = TimeSpan.FromMilliseconds(200) }).WaitAsync(Limit);

        Assert.True(response.Outcome == Outcome.ConnectError, response.Reason);
    }

    [Fact]
    public async Task SendAsync_CancelledWhileHandsAreShaken_EndsAtOnce()
    {
        using var stop = new CancellationTokenSource();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var target = new OpenAiTarget(Trusting(UrlOf(listener)));

        var asking = Ask.OnceAsync(target, null, stop.Token);
        using var peer = await listener.AcceptTcpClientAsync().WaitAsync(Limit);
        await stop.CancelAsync();

        Assert.Equal(Outcome.Cancelled, (await asking.WaitAsync(Limit)).Response.Outcome);
    }

    [Fact]
    public async Task RunAsync_ClosedWorkload_KeepsItsConnections()
    {
        var answer = Answer.Of($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Whole.Length}\r\n\r\n{Whole}") with { KeepAlive = true };
        await using var server = new ScriptedServer(_ => answer, Certificate);
        await using var target = new OpenAiTarget(Trusting(server.Url));
        var journal = new MemoryJournal();
        var request = new RunRequest
        {
            Plan = Plans.Closed(4, TimeSpan.Zero, TimeSpan.FromSeconds(1)),
            Targets = new Dictionary<TargetRole, ITarget> { [TargetRole.Candidate] = target },
            Journal = journal,
            WarmUp = false,
        };

        Assert.Equal(_transport == HttpTransport.EventLoop, Lane.RunsOnLoops(request));
        var outcome = await LoadEngine.RunAsync(request).WaitAsync(Limit);

        Assert.True(outcome.Counts.Completed >= 4);
        Assert.Equal(outcome.Counts.Arrivals, outcome.Counts.Completed);
        Assert.Equal(4, server.Connections);
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private static Uri UrlOf(TcpListener listener) => new($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v1");

    private OpenAiSettings Trusting(Uri url, X509Certificate2? authority = null)
    {
        var file = Path.Combine(_folder, "ca.pem");
        File.WriteAllText(file, (authority ?? Certificate).ExportCertificatePem());
        return Ask.Settings(url) with { Transport = _transport, CaCertificate = file };
    }

    private static async Task<Kestrel> KestrelAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(Certificate));
        });
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new Kestrel(app);
    }

    private sealed class Kestrel(WebApplication app) : IAsyncDisposable
    {
        public Uri Url => new(app.Urls.First() + "/v1");

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }

    /// <summary>Stamps are numbers in order, one for each time that one was asked for.</summary>
    private sealed class Stamps : IResponseSink
    {
        private long _last;

        public TaskCompletionSource First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<long> Made { get; } = [];

        public List<long> Tokens { get; } = [];

        public void Sent()
        {
        }

        public long Stamp()
        {
            Made.Add(++_last);
            return _last;
        }

        void IResponseSink.Tokens(int tokens) => throw new InvalidOperationException("a token without its stamp");

        void IResponseSink.Tokens(int tokens, long stamp)
        {
            Tokens.Add(stamp);
            First.TrySetResult();
        }
    }
}

public sealed class SecureTargetOnEventLoopTests() : SecureTargetTests(HttpTransport.EventLoop);

public sealed class SecureTargetOnSocketsHandlerTests() : SecureTargetTests(HttpTransport.SocketsHandler);
