using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ChaosBench.Harness.Recording;
using ChaosBench.Reports.Content;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Traces;
using ChaosBench.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChaosBench.Tests.Harness.Recording;

/// <summary>The recorder between a client and an endpoint: what passes, what is written, what is refused.</summary>
public sealed class RecordingTests : IAsyncLifetime, IDisposable
{
    private const string Question = """{"model":"m","stream":true,"messages":[{"role":"user","content":"What is 6 times 7?"}]}""";

    private readonly TempFolder _folder = new();
    private readonly HttpClient _client = new();
    private ScriptedEndpoint _endpoint = null!;

    private string Output => Path.Combine(_folder.Path, "traffic.jsonl");

    private RecordingOptions Options => new()
    {
        Upstream = new Uri(new Uri(_endpoint.Url).GetLeftPart(UriPartial.Authority)), Listen = new IPEndPoint(IPAddress.Loopback, 0),
        Output = Output, Redaction = RedactionRules.Default,
    };

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose()
    {
        _folder.Dispose();
        _client.Dispose();
    }

    [Fact]
    public async Task Record_ConversationAndStream_HasInstantsAnswersLengthsAndPauses()
    {
        _endpoint.Usage = true;

        var (rows, counts) = await RecordAsync(Options, async url =>
        {
            for (var turn = 0; turn < 3; turn++)
            {
                using var reply = await PostAsync(url, Question, ("X-Session-Id", "alice@example.org"));
                Assert.Contains("[DONE]", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
        });

        Assert.Equal(3, counts[Passed.Recorded]);
        Assert.Equal([("s1", 1), ("s1", 2), ("s1", 3)], rows.Select(row => (row.Session, row.Turn ?? 0)));
        Assert.All(rows, row => Assert.Equal(("What is 6 times 7?", "42", 5, 7, "m"), (row.Messages![0].Content, row.Answer, row.InputTokens ?? 0, row.OutputTokens ?? 0, row.Cohort)));
        Assert.Equal(0, rows[0].At);
        Assert.True(rows[1].At > 0 && rows[2].At > rows[1].At && rows[1].Delay > 0 && rows[0].Delay is null);
        Assert.DoesNotContain("alice", File.ReadAllText(Output), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Output));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Record_KeysAndPersonalData_PassAndAreNotWritten(bool redacted)
    {
        var seen = new List<string>();
        _endpoint.OnRequest = request => seen.AddRange(request.Headers.Authorization.ToString(), request.Headers.Cookie.ToString(), request.Headers["x-api-key"].ToString());
        _endpoint.AnswerOf = _ => "the key is Kt0ken-98765432, write to bob@example.org";
        var body = Question.Replace("What is 6", "my key is api-55555555-key; mail bob@example.org; What is 6", StringComparison.Ordinal);

        await RecordAsync(Options with { Redaction = redacted ? RedactionRules.Default : null }, async url =>
        {
            using var reply = await PostAsync(url, body, ("Authorization", "Bearer Kt0ken-98765432"), ("Cookie", "id=c00kie-123456"), ("x-api-key", "api-55555555-key"));
            await reply.Content.ReadAsStringAsync();
        });

        Assert.Equal(["Bearer Kt0ken-98765432", "id=c00kie-123456", "api-55555555-key"], seen);
        var written = File.ReadAllText(Output);
        Assert.All(new[] { "Kt0ken", "c00kie", "api-5555" }, secret => Assert.DoesNotContain(secret, written, StringComparison.Ordinal));
        Assert.Equal(!redacted, written.Contains("bob@example.org", StringComparison.Ordinal));
        Assert.Contains("[key]", written, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Record_Stream_PassesEachPieceAtOnce()
    {
        var gate = new TaskCompletionSource();
        await using var slow = await StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: {\"choices\":[{\"delta\":{\"content\":\"4\"}}]}\n\n");
            await context.Response.Body.FlushAsync();
            await gate.Task.WaitAsync(Eventually.Patience);
            await context.Response.WriteAsync("data: {\"choices\":[{\"delta\":{\"content\":\"2\"}}]}\n\ndata: [DONE]\n\n");
        });

        var (rows, _) = await RecordAsync(Options with { Upstream = new Uri(slow.Urls.First()) }, async url =>
        {
            using var reply = await PostAsync(url, Question);
            using var stream = new StreamReader(await reply.Content.ReadAsStreamAsync());
            var first = await stream.ReadLineAsync().WaitAsync(Eventually.Patience); // before the rest has been written at all
            Assert.Contains("\"4\"", first, StringComparison.Ordinal);
            gate.SetResult();
            Assert.EndsWith("[DONE]\n\n", await stream.ReadToEndAsync(), StringComparison.Ordinal);
        });

        Assert.Equal("42", Assert.Single(rows).Answer);
    }

    [Fact]
    public async Task Record_UpstreamDown_AnswersWith502AndRecordsAFailure()
    {
        var down = Options;
        await _endpoint.DisposeAsync();

        var (rows, _) = await RecordAsync(down, async url =>
        {
            using var reply = await PostAsync(url, Question);
            Assert.Equal(HttpStatusCode.BadGateway, reply.StatusCode);
            Assert.Contains("cannot be asked", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        });

        Assert.True(Assert.Single(rows) is { Failed: true, Answer: null, Messages.Count: 1 });
    }

    [Fact]
    public async Task Record_ClientLeavesOrUpstreamFails_IsTrafficThatFailed()
    {
        _endpoint.Status = 503;
        var gate = new TaskCompletionSource();
        await using var endless = await StartAsync(async context =>
        {
            await context.Response.WriteAsync("data: {\"choices\":[{\"delta\":{\"content\":\"4\"}}]}\n\n");
            await context.Response.Body.FlushAsync();
            context.RequestAborted.Register(gate.SetResult);
            await gate.Task.WaitAsync(Eventually.Patience);
        });

        var (rows, _) = await RecordAsync(Options with { Upstream = new Uri(endless.Urls.First()) }, async url =>
        {
            using var leaving = new CancellationTokenSource();
            var reply = await PostAsync(url, Question);
            await (await reply.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[4]);
            reply.Dispose(); // closes the connection
            await gate.Task.WaitAsync(Eventually.Patience); // the upstream hears of it
        });
        Assert.True(Assert.Single(rows) is { Failed: true, Answer: null });

        File.Delete(Output);
        (rows, _) = await RecordAsync(Options, async url => (await PostAsync(url, Question)).Dispose());
        Assert.True(Assert.Single(rows).Failed);
    }

    [Fact]
    public async Task Record_BodiesThatAreNoQuestions_PassWhole()
    {
        var lengths = new List<long>();
        await using var counting = await StartAsync(async context =>
        {
            var length = 0L;
            var buffer = new byte[65536];
            for (int read; (read = await context.Request.Body.ReadAsync(buffer)) > 0; length += read)
            {
            }

            lengths.Add(length);
            await context.Response.WriteAsync(new string('x', (int)Math.Min(length, 300_000)));
        });

        var (rows, counts) = await RecordAsync(Options with { Upstream = new Uri(counting.Urls.First()), MaxBodyBytes = 100_000 }, async url =>
        {
            foreach (var body in new[] { new string('a', 3_000_000), "no JSON", "[]", "{}", "{\"messages\":7}", "" })
            {
                using var reply = await PostAsync(url, body);
                Assert.Equal(Math.Min(body.Length, 300_000), (await reply.Content.ReadAsStringAsync()).Length);
            }

            using var chunked = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(Question), Headers = { TransferEncodingChunked = true } };
            (await _client.SendAsync(chunked)).Dispose();
            Assert.Equal("", await _client.GetStringAsync(url));
        });

        Assert.Equal([3_000_000, 7, 2, 2, 14, 0, Question.Length, 0], lengths);
        Assert.Equal((1L, 1L, 6L), (counts[Passed.Recorded], counts[Passed.TooLarge], counts[Passed.NoModelCall]));
        Assert.Single(rows);
    }

    [Fact]
    public async Task Record_PackedBodies_AreUnpackedForTheTraceAlone()
    {
        await using var packing = await StartAsync(async context =>
        {
            Assert.Equal("gzip", context.Request.Headers.ContentEncoding);
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(Packed("""{"choices":[{"message":{"content":"42"}}],"usage":{"prompt_tokens":9,"completion_tokens":1}}"""));
        });

        var (rows, _) = await RecordAsync(Options with { Upstream = new Uri(packing.Urls.First()) }, async url =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(Packed(Question)) { Headers = { ContentEncoding = { "gzip" } } } };
            using var reply = await _client.SendAsync(request);
            Assert.Equal(0x1f, (await reply.Content.ReadAsByteArrayAsync())[0]); // still packed
        });

        Assert.True(Assert.Single(rows) is { Answer: "42", InputTokens: 9, Messages.Count: 1 });
    }

    [Theory]
    [InlineData("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n\r\n", "405")]
    [InlineData("GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\n\r\n", "400")]
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: evil.example\r\n\r\n", "403")]
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: {0}\r\nOrigin: http://evil.example\r\n\r\n", "403")]
    [InlineData("GET /v1/models HTTP/1.1\r\nHost: {0}\r\nSec-Fetch-Site: cross-site\r\n\r\n", "403")]
    [InlineData("GET /v1/realtime HTTP/1.1\r\nHost: {0}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", "501")]
    public async Task Record_WhatMayNotPass_IsRefusedAndNeverReachesTheUpstream(string request, string status)
    {
        var reached = 0;
        await using var upstream = await StartAsync(_ =>
        {
            reached++;
            return Task.CompletedTask;
        });

        await RecordAsync(Options with { Upstream = new Uri(upstream.Urls.First()) }, async url =>
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, url.Port);
            var stream = socket.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(request.Replace("{0}", url.Authority, StringComparison.Ordinal)));
            var buffer = new byte[4096];
            var length = await stream.ReadAtLeastAsync(buffer, 12).AsTask().WaitAsync(Eventually.Patience);
            Assert.StartsWith($"HTTP/1.1 {status}", Encoding.ASCII.GetString(buffer, 0, length), StringComparison.Ordinal);
        });

        Assert.Equal(0, reached);
        Assert.False(File.Exists(Output));
    }

    [Fact]
    public async Task Record_Limits_KeepSoManyAndPassTheRest()
    {
        var (rows, counts) = await RecordAsync(Options with { MaxRequests = 2 }, async url =>
        {
            for (var i = 0; i < 5; i++)
            {
                (await PostAsync(url, Question)).Dispose();
            }
        });

        Assert.Equal((2, 3L, 5), (rows.Count, counts[Passed.OverLimit], _endpoint.Requests));
    }

    [Fact]
    public async Task Record_Sample_KeepsConversationsAsAWhole()
    {
        var (rows, counts) = await RecordAsync(Options with { Sample = 0.5, Seed = 3 }, async url =>
        {
            for (var i = 0; i < 60; i++)
            {
                (await PostAsync(url, Question, ("X-Session-Id", $"session {i % 20}"))).Dispose();
            }
        });

        Assert.InRange(rows.Count, 9, 51); // 3 for each of 20 fair coins; outside with a chance below 1 in 300, and the seed is fixed
        Assert.All(rows.GroupBy(row => row.Session), session => Assert.Equal(3, session.Count()));
        Assert.Equal(60, rows.Count + counts[Passed.NotSampled]);
    }

    [Fact]
    public async Task Record_LengthsOnly_WritesNoText()
    {
        _endpoint.Usage = true;

        var (rows, _) = await RecordAsync(Options with { LengthsOnly = true }, async url =>
        {
            using var reply = await PostAsync(url, Question);
            await reply.Content.ReadAsStringAsync();
        });

        Assert.True(Assert.Single(rows) is { Messages: null, Answer: null, InputTokens: 5, OutputTokens: 7 });
    }

    [Fact]
    public async Task Record_TextLongerThanALineMayBe_PassesAndSpoilsNothing()
    {
        var (rows, counts) = await RecordAsync(Options with { MaxBodyBytes = 32 << 20 }, async url =>
        {
            (await PostAsync(url, Question.Replace("What", new string('\u00e4', 2_600_000), StringComparison.Ordinal))).Dispose();
            (await PostAsync(url, Question.Replace("What", new string('\u00e4', 2_000_000), StringComparison.Ordinal))).Dispose();
            (await PostAsync(url, Question)).Dispose();
        });

        Assert.Equal((2L, 1L), (counts[Passed.Recorded], counts[Passed.TooLarge]));
        Assert.Equal(2, rows.Count);
    }

    [Fact]
    public void Create_FileThatIsThere_IsLeftAlone()
    {
        _folder.File("traffic.jsonl", "precious");
        Assert.Contains("is there already", Assert.Throws<ChaosBench.Harness.UsageException>(() => TraceFileWriter.Create(Output, (1, 1))).Message, StringComparison.Ordinal);

        File.Move(Output, Output + ".recording");
        Assert.Contains("left by a recording that was killed", Assert.Throws<ChaosBench.Harness.UsageException>(() => TraceFileWriter.Create(Output, (1, 1))).Message, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(Output + ".recording"));
    }

    private async Task<(List<TraceRecord> Rows, RecordingCounts Counts)> RecordAsync(RecordingOptions options, Func<Uri, Task> traffic)
    {
        using var file = TraceFileWriter.Create(options.Output, (options.MaxRequests, options.MaxBytes));
        var recorder = new TraceRecorder(options, file);
        await using (var front = await RecordingFront.StartAsync(options, recorder, TimeProvider.System))
        {
            await traffic(new Uri(front.BaseAddress, "v1/chat/completions"));
        }

        if (file.Finish() is null)
        {
            return ([], recorder.Counts);
        }

        using var pass = TracePass.Open(options.Output, null, new TraceOptions { Files = new PromptFiles(_folder.Path), Sessions = new Share(1), Seed = 1 });
        return ([.. pass.Rows()], recorder.Counts);
    }

    private async Task<HttpResponseMessage> PostAsync(Uri url, string body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static byte[] Packed(string text)
    {
        using var bytes = new MemoryStream();
        using (var packing = new GZipStream(bytes, CompressionLevel.Fastest))
        {
            packing.Write(Encoding.UTF8.GetBytes(text));
        }

        return bytes.ToArray();
    }

    private static async Task<WebApplication> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return app;
    }
}
