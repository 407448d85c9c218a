using System.Net;
using System.Net.Sockets;
using System.Text;
using ChaosBench.Engine.Targets;
using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Tests.Engine.Targets.OpenAi;

public abstract class OpenAiTargetTests(HttpTransport transport)
{
    private const string Role = "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n";
    private const string Hello = "data: {\"choices\":[{\"delta\":{\"content\":\"Hel\"}}]}\n\n";
    private const string Rest = "data: {\"choices\":[{\"delta\":{\"content\":\"lo\"}}]}\n\n";
    private const string Stop = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private const string Usage = "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":3}}\n\n";
    private const string Done = "data: [DONE]\n\n";
    private const string Whole = "{\"choices\":[{\"message\":{\"content\":\"Hello\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":3}}";

    public static TheoryData<string, string, bool, Outcome> Replies => new()
    {
        { "full stream", Answer.StreamHead + Role + Hello + Rest + Stop + Usage + Done, true, Outcome.Completed },
        { "no DONE but a finish reason", Answer.StreamHead + Hello + Stop, true, Outcome.Completed },
        { "DONE without a finish reason", Answer.StreamHead + Hello + Done, true, Outcome.Completed },
        { "neither", Answer.StreamHead + Role + Hello + Rest, true, Outcome.Truncated },
        { "half an event", Answer.StreamHead + Hello + "data: {\"choi", true, Outcome.Truncated },
        { "nothing after the head", Answer.StreamHead, true, Outcome.Truncated },
        { "role and finish only", Answer.StreamHead + Role + Stop + Done, true, Outcome.Empty },
        { "DONE only", Answer.StreamHead + Done, true, Outcome.Empty },
        { "broken JSON", Answer.StreamHead + Hello + "data: {oops\n\n" + Stop + Done, true, Outcome.Malformed },
        { "another API", Answer.StreamHead + "event: response.created\ndata: {\"type\":\"response.created\"}\n\n", true, Outcome.Malformed },
        { "error in the stream", Answer.StreamHead + Hello + "data: {\"error\":{\"type\":\"server_error\"}}\n\n", true, Outcome.Failed },
        { "HTML", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>", true, Outcome.Truncated },
        { "no HTTP at all", "220 smtp.example.com ESMTP\r\n\r\n", true, Outcome.Malformed },
        { "closed at once", "", true, Outcome.Reset },
        { "half a head", "HTTP/1.1 200 OK\r\nContent-Ty", true, Outcome.Reset },
        { "bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n\r\nzz\r\n" + Hello, true, Outcome.Malformed },
        { "cut chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n\r\nffff\r\n" + Hello + Stop, true, Outcome.Truncated },
        { "unasked gzip", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", true, Outcome.Malformed },
        { "JSON where a stream was asked for", Full(200, Whole), true, Outcome.Completed },
        { "whole", Full(200, Whole), false, Outcome.Completed },
        { "whole, short of its length", "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n" + Whole, false, Outcome.Truncated },
        { "whole, broken", Full(200, "{\"choices\":[{"), false, Outcome.Malformed },
        { "whole, empty text", Full(200, "{\"choices\":[{\"message\":{\"content\":\"\"},\"finish_reason\":\"stop\"}]}"), false, Outcome.Empty },
        { "no body", Full(200, ""), false, Outcome.Empty },
        { "error with 200", Full(200, "{\"error\":{\"type\":\"server_error\"}}"), false, Outcome.Failed },
        { "400", Full(400, "{\"error\":{\"type\":\"invalid_request_error\"}}"), true, Outcome.Refused },
        { "401", Full(401, "not json"), true, Outcome.Refused },
        { "429", Full(429, ""), true, Outcome.Overloaded },
        { "503", Full(503, ""), true, Outcome.Overloaded },
        { "500", Full(500, ""), true, Outcome.Failed },
        { "redirect", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", true, Outcome.Malformed },
    };

    [Theory]
    [MemberData(nameof(Replies))]
    public async Task SendAsync_Reply_HasItsOutcome(string what, string wire, bool stream, Outcome expected)
    {
        await using var server = new ScriptedServer(Answer.Of(wire));

        var (response, instants) = await Ask.OnceAsync(Settings(server.Url), Plans.Arrival(3, 0, stream: stream));

        Assert.True(expected == response.Outcome, $"{what}: {response.Outcome} ({response.Reason})");
        Assert.NotNull(instants.Sent);
        Assert.Equal(expected == Outcome.Completed, response.Reason is null);
    }

    [Fact]
    public async Task SendAsync_FullStream_GivesTextUsageAndTokenEvents()
    {
        await using var server = new ScriptedServer(Answer.Stream(Role + Hello + Rest + Stop + Usage + Done));

        var (response, instants) = await Ask.OnceAsync(Settings(server.Url));

        Assert.Equal("Hello", response.Text);
        Assert.Equal(("stop", 5, 3, 200), (response.FinishReason, response.InputTokens, response.OutputTokens, response.Status));
        Assert.Equal(2, instants.Tokens);
        Assert.Single(instants.Gaps);
        Assert.True(instants.Sent <= instants.FirstToken && instants.FirstToken <= instants.LastToken);
    }

    [Fact]
    public async Task SendAsync_UsageInEachEvent_CountsTheTokensOfEach()
    {
        const string two = "data: {\"choices\":[{\"delta\":{\"content\":\"He l\"}}],\"usage\":{\"completion_tokens\":2}}\n\n";
        const string five = "data: {\"choices\":[{\"delta\":{\"content\":\"lo you\"}}],\"usage\":{\"completion_tokens\":5}}\n\n";
        await using var server = new ScriptedServer(Answer.Stream(Role + two + five + Stop + Done));

        var (response, instants) = await Ask.OnceAsync(Settings(server.Url));

        Assert.Equal((5, 2, 5L, 3), (response.OutputTokens, instants.FirstEventTokens, instants.Tokens, Assert.Single(instants.Gaps).Tokens));
    }

    [Fact]
    public async Task SendAsync_UsageWithTheLastTextAlone_SaysNothingOfThatEvent()
    {
        const string last = "data: {\"choices\":[{\"delta\":{\"content\":\"lo\"},\"finish_reason\":\"stop\"}],\"usage\":{\"completion_tokens\":50}}\n\n";
        await using var server = new ScriptedServer(Answer.Stream(Role + Hello + last + Done));

        var (response, instants) = await Ask.OnceAsync(Settings(server.Url));

        Assert.Equal((50, 2L, 1), (response.OutputTokens, instants.Tokens, Assert.Single(instants.Gaps).Tokens));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SendAsync_ReplyCutAtAnyByte_HasOneNamedOutcome(bool chunked)
    {
        string[] events = [Role, Hello, Stop, Done];
        var wire = Encoding.UTF8.GetBytes(chunked ? Answer.Chunked(events) : Answer.StreamHead + string.Concat(events));
        var head = wire.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        var stop = wire.AsSpan().IndexOf("\"stop\"}]}\n\n"u8) + 11;
        var done = wire.AsSpan().IndexOf("[DONE]\n\n"u8) + 8;
        var length = 0;
        await using var server = new ScriptedServer(_ => new Answer(wire.AsMemory(0, length)));
        await using var target = new OpenAiTarget(Settings(server.Url));
        for (; length <= wire.Length; length++)
        {
            var (response, _) = await Ask.OnceAsync(target);

            // A chunked reply says where it ends, so its end counts; a closing connection only has the finish reason.
            var expected = length < head ? Outcome.Reset
                : length < (chunked ? done : stop) ? Outcome.Truncated : Outcome.Completed;
            Assert.True(expected == response.Outcome, $"cut after {length} of {wire.Length} bytes: {response.Outcome} ({response.Reason})");
        }
    }

    [Fact]
    public async Task SendAsync_ConnectionReset_IsReset()
    {
        await using var server = new ScriptedServer(Answer.Stream(Hello) with { Reset = true });

        var (response, _) = await Ask.OnceAsync(Settings(server.Url));

        Assert.Equal(Outcome.Reset, response.Outcome);
        Assert.Equal(200, response.Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task SendAsync_ReusedConnectionBreaks_IsNotSentTwice(bool reset)
    {
        ScriptedServer? server = null;
        await using var disposing = server = new ScriptedServer(_ => server!.Requests.Count == 1
            ? Answer.Of(Full(200, Whole).Replace("Connection: close\r\n", "", StringComparison.Ordinal)) with { KeepAlive = true }
            : new Answer { Reset = reset });
        await using var target = new OpenAiTarget(Settings(server.Url));
        await Ask.OnceAsync(target, Plans.Arrival(0, 0, stream: false));

        var (response, _) = await Ask.OnceAsync(target, Plans.Arrival(1, 0, stream: false));

        Assert.Equal(Outcome.Reset, response.Outcome);
        Assert.Equal((2, 1), (server.Requests.Count, server.Connections));
    }

    [Fact]
    public async Task SendAsync_ThroughAProxy_AsksTheProxy()
    {
        await using var proxy = new ScriptedServer(Answer.Of(Full(200, Whole)));

        var (response, _) = await Ask.OnceAsync(Settings(new Uri("http://models.invalid/v1")) with { Proxy = proxy.Url });

        Assert.Equal(Outcome.Completed, response.Outcome);
        Assert.StartsWith("POST http://models.invalid/v1/chat/completions", Assert.Single(proxy.Requests).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_NobodyListens_IsConnectError()
    {
        var (response, instants) = await Ask.OnceAsync(Settings(ClosedPort()));

        Assert.Equal(Outcome.ConnectError, response.Outcome);
        Assert.NotNull(instants.Sent);
        Assert.Null(response.Status);
    }

    [Fact]
    public async Task SendAsync_Cancelled_ReturnsCancelledWithWhatCame()
    {
        using var stop = new CancellationTokenSource();
        await using var server = new ScriptedServer(Answer.Stream(Hello) with { Hang = true });
        await using var target = new OpenAiTarget(Settings(server.Url));
        var sink = new CancelOnFirstToken(stop);

        var response = await target.SendAsync(Plans.Arrival(0, 0), sink, stop.Token);

        Assert.Equal((Outcome.Cancelled, "Hel", 1), (response.Outcome, response.Text, response.OutputTokens));
    }

    [Fact]
    public async Task SendAsync_Chat_SendsKeyHeadersAndBody()
    {
        await using var server = new ScriptedServer(Answer.Stream(Hello + Done));
        var settings = Settings(server.Url) with { ApiKey = "sk-test-1234", Headers = new Dictionary<string, string> { ["x-team"] = "blue" } };

        await Ask.OnceAsync(settings);

        var request = Assert.Single(server.Requests);
        Assert.StartsWith("POST /v1/chat/completions HTTP/1.1", request.Head, StringComparison.Ordinal);
        Assert.Equal("Bearer sk-test-1234", request.Header("Authorization"));
        Assert.Equal("blue", request.Header("x-team"));
        Assert.Equal("r000003", request.Header("x-request-id"));
        Assert.Equal("application/json", request.Header("Content-Type"));
        Assert.Equal(
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"question 3\"}],\"temperature\":0,\"max_tokens\":16,\"seed\":7,"
            + "\"stream\":true,\"stream_options\":{\"include_usage\":true}}",
            Encoding.UTF8.GetString(request.Body));
    }

    [Fact]
    public async Task SendAsync_Azure_SendsApiKeyAndVersion()
    {
        await using var server = new ScriptedServer(Answer.Json(200, Whole));
        var settings = Settings(new Uri($"{server.Url}/openai/deployments/d?x=1")) with
        {
            ApiKey = "azure-key", ApiVersion = "2024-10-21", Api = OpenAiApi.Completions,
        };

        await Ask.OnceAsync(settings, Plans.Arrival(0, 0, stream: false));

        var request = Assert.Single(server.Requests);
        Assert.StartsWith("POST /v1/openai/deployments/d/completions?x=1&api-version=2024-10-21 HTTP/1.1", request.Head, StringComparison.Ordinal);
        Assert.Equal("azure-key", request.Header("api-key"));
        Assert.Null(request.Header("Authorization"));
    }

    [Fact]
    public async Task SendAsync_RawBody_GoesOutByteForByte()
    {
        await using var server = new ScriptedServer(Answer.Json(400, "{}"));
        byte[] raw = [0xFF, 0xFE, (byte)'{', 0, 0xC3];
        var arrival = Plans.Arrival(0, 0);

        await Ask.OnceAsync(Settings(server.Url), arrival with { Prompt = arrival.Prompt with { RawBody = raw } });

        Assert.Equal(raw, Assert.Single(server.Requests).Body);
    }

    [Fact]
    public async Task SendAsync_ServerOfOurs_TellsReplicaAndDegradation()
    {
        await using var server = new ScriptedServer(Answer.Json(200, Whole, "x-chaosbench-replica: 1\r\nx-chaosbench-degraded: true\r\n"));

        var (response, _) = await Ask.OnceAsync(Settings(server.Url), Plans.Arrival(0, 0, stream: false));

        Assert.Equal((1, true), (response.Replica, response.Degraded));
    }

    [Fact]
    public async Task SendAsync_EventLargerThanTheLimit_IsMalformed()
    {
        await using var server = new ScriptedServer(Answer.Stream("data: " + new string('x', SseReader.MaxEventBytes + 1)));

        var (response, _) = await Ask.OnceAsync(Settings(server.Url));

        Assert.Equal((Outcome.Malformed, "an event larger than 1 MiB"), (response.Outcome, response.Reason));
    }

    [Fact]
    public async Task SendAsync_BodyLargerThanTheLimit_IsMalformed()
    {
        var body = new string(' ', ReplyReader.MaxBodyBytes) + Whole;
        await using var server = new ScriptedServer(Answer.Json(200, body));

        var (response, _) = await Ask.OnceAsync(Settings(server.Url), Plans.Arrival(0, 0, stream: false));

        Assert.Equal((Outcome.Malformed, "a reply larger than 16 MiB"), (response.Outcome, response.Reason));
    }

    internal static Uri ClosedPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new Uri($"http://127.0.0.1:{((IPEndPoint)socket.LocalEndPoint!).Port}/v1");
    }

    private static string Full(int status, string body) =>
        $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}";

    private sealed class CancelOnFirstToken(CancellationTokenSource stop) : IResponseSink
    {
        public void Sent()
        {
        }

        public void Tokens(int tokens) => stop.Cancel();
    }

    private OpenAiSettings Settings(Uri url) => Ask.Settings(url) with { Transport = transport };
}

public sealed class OpenAiTargetOnEventLoopTests() : OpenAiTargetTests(HttpTransport.EventLoop);

public sealed class OpenAiTargetOnSocketsHandlerTests() : OpenAiTargetTests(HttpTransport.SocketsHandler);
