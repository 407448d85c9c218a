using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using ChaosBench.Server;
using ChaosBench.Server.Dependencies;
using ChaosBench.Server.Http;
using Polly.Simmy;

namespace ChaosBench.Tests.Server.Http;

public sealed class HttpFaceTests : IAsyncLifetime
{
    private const string Chat = """{"messages": [{"role": "user", "content": "hello"}]}""";
    private const string StreamedChat = """{"messages": [{"role": "user", "content": "hello"}], "stream": true, "stream_options": {"include_usage": true}}""";

    private readonly FakeModel _model = new() { Script = ["one", " ", "zwei \U0001F600"] };
    private static readonly HttpClient Client = new() { Timeout = FakeModel.Patience };
    private ModelServer _server = null!;
    private HttpFace _face = null!;

    public async Task InitializeAsync() => await ServeAsync(new HttpFaceOptions(), FakeModel.Options);

    public async Task DisposeAsync()
    {
        await _face.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Chat_Whole_IsInOpenAisShape()
    {
        using var reply = await PostAsync("v1/chat/completions", Chat, requestId: "my-id.1");

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        Assert.Equal(["my-id.1"], reply.Headers.GetValues("x-request-id"));
        Assert.Matches("^[01]$", reply.Headers.GetValues("x-chaosbench-replica").Single());
        var body = await JsonAsync(reply);
        Assert.Equal(("chatcmpl-my-id.1", "chat.completion", "fake"), (Text(body, "id"), Text(body, "object"), Text(body, "model")));
        var choice = body.GetProperty("choices")[0];
        Assert.Equal("one zwei \U0001F600", Text(choice.GetProperty("message"), "content"));
        Assert.Equal("stop", Text(choice, "finish_reason"));
        Assert.Equal((5, 3, 8), Usage(body));
    }

    [Fact]
    public async Task Completion_Whole_IsInOpenAisShape()
    {
        using var reply = await PostAsync("v1/completions", """{"prompt": "hello"}""");

        var body = await JsonAsync(reply);
        Assert.Equal("text_completion", Text(body, "object"));
        Assert.Equal("one zwei \U0001F600", Text(body.GetProperty("choices")[0], "text"));
    }

    [Fact]
    public async Task Chat_Streamed_SendsRolePiecesFinishUsageDone()
    {
        using var reply = await PostAsync("v1/chat/completions", StreamedChat);

        Assert.Equal("text/event-stream", reply.Content.Headers.ContentType!.MediaType);
        Assert.Matches("^[01]$", reply.Headers.GetValues("x-chaosbench-replica").Single());
        var events = await EventsAsync(reply);
        Assert.Equal("[DONE]", events[^1]);
        var chunks = events.SkipLast(1).Select(Json).ToList();
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", Text(chunk, "object")));
        Assert.Equal("assistant", Text(Delta(chunks[0]), "role"));
        Assert.Equal(["one", " ", "zwei \U0001F600"], chunks.Skip(1).SkipLast(2).Select(chunk => Text(Delta(chunk), "content")));
        Assert.Equal("stop", Text(chunks[^2].GetProperty("choices")[0], "finish_reason"));
        Assert.Equal(0, chunks[^1].GetProperty("choices").GetArrayLength());
        Assert.Equal((5, 3, 8), Usage(chunks[^1]));
    }

    [Theory]
    [InlineData("chat/completions", "\"messages\": [{\"role\": \"user\", \"content\": \"hello\"}]", new[] { 0, 1, 2, 3, 3, 3 })]
    [InlineData("completions", "\"prompt\": \"hello\"", new[] { 1, 2, 3, 3, 3 })]
    public async Task Streamed_ContinuousUsage_CountsInEveryEvent(string path, string prompt, int[] expected)
    {
        using var reply = await PostAsync(
            $"v1/{path}", $$$"""{ {{{prompt}}}, "stream": true, "stream_options": {"include_usage": true, "continuous_usage_stats": true}}""");

        var chunks = (await EventsAsync(reply)).SkipLast(1).Select(Json).ToList();
        Assert.Equal(expected.Select(count => (5, count, 5 + count)), chunks.Select(Usage));
    }

    [Fact]
    public async Task Streamed_ContinuousUsageAlone_IsWithoutUsageAsInVllm()
    {
        using var reply = await PostAsync("v1/completions", """{"prompt": "hello", "stream": true, "stream_options": {"continuous_usage_stats": true}}""");

        Assert.DoesNotContain("usage", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_Streamed_SendsPiecesFinishDone()
    {
        using var reply = await PostAsync("v1/completions", """{"prompt": "hello", "stream": true}""");

        var events = await EventsAsync(reply);
        Assert.Equal("[DONE]", events[^1]);
        Assert.Equal(["one", " ", "zwei \U0001F600", ""], events.SkipLast(1).Select(e => Text(Json(e).GetProperty("choices")[0], "text")));
    }

    [Fact]
    public async Task Chat_ReplicaLostMidStream_EndsWithAnErrorAndWithoutDone()
    {
        _model.Script = null;
        var posting = PostAsync("v1/chat/completions", StreamedChat);
        var call = await _model.NextCallAsync();
        call.Token("half");
        await _server.KillReplicaAsync(call.Replica.Index, default);
        using var reply = await posting;

        var events = await EventsAsync(reply);
        Assert.Equal("replica_lost", Text(Json(events[^1]).GetProperty("error"), "code"));
        Assert.DoesNotContain("[DONE]", events);
    }

    [Fact]
    public async Task Chat_NoReplicaBeforeTheFirstToken_HasAnHonestStatus()
    {
        await _server.KillReplicaAsync(0, default);
        await _server.KillReplicaAsync(1, default);

        using var reply = await PostAsync("v1/chat/completions", StreamedChat);

        await AssertErrorAsync(reply, 503, "unavailable", null);
    }

    [Fact]
    public async Task Chat_ClientGoesAway_CancelsTheGeneration()
    {
        _model.Script = null;
        using var cancellation = new CancellationTokenSource();
        var posting = PostAsync("v1/chat/completions", StreamedChat, cancellation: cancellation.Token);
        var call = await _model.NextCallAsync();

        await cancellation.CancelAsync();

        Assert.Equal(GenerationStatus.Cancelled, (await call.Result.WaitAsync(FakeModel.Patience)).Status);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => posting);
    }

    [Fact]
    public async Task Chat_ClientThatNeverReads_LosesTheGenerationWithoutHoldingTheReplica()
    {
        _model.Script = null;
        using var request = Request("v1/chat/completions", StreamedChat);
        var posting = Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var call = await _model.NextCallAsync();

        // More than the sockets' buffers (tens of MiB where the kernel tunes them), Kestrel's and the channel hold, without a wait.
        var piece = new string('x', 1 << 14);
        for (var token = 0; token < 8 * StreamChannel.Capacity && !call.Result.IsCompleted; token++)
        {
            call.Token(piece);
        }

        Assert.Equal(GenerationStatus.Cancelled, (await call.Result.WaitAsync(FakeModel.Patience)).Status);
        // The connection is cut, be it before the headers left or after: half an answer never looks whole.
        await Assert.ThrowsAsync<HttpRequestException>(async () =>
        {
            using var reply = await posting;
            await reply.Content.ReadAsByteArrayAsync();
        });
    }

    [Fact]
    public async Task Chat_QueueFull_Gets429WithRetryAfter()
    {
        _model.Script = null;
        await ServeAsync(new HttpFaceOptions(), FakeModel.Options with { Replicas = 1, MaxBatch = 1, QueueLimit = 0 });
        var running = PostAsync("v1/chat/completions", Chat);
        var call = await _model.NextCallAsync();

        using var reply = await PostAsync("v1/chat/completions", Chat);

        Assert.InRange(reply.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        await AssertErrorAsync(reply, 429, "queue_full", null);
        call.Complete();
        using var first = await running;
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
    }

    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 503)]
    public async Task Chat_ContextStoreDown_IsDegradedOr503(bool fallback, int status)
    {
        await ServeAsync(new HttpFaceOptions(), FakeModel.Options with
        {
            ContextStore = new ContextStoreOptions
            {
                Latency = TimeSpan.Zero, Fallback = fallback, Innermost = inner => inner.AddChaosFault(1, () => new IOException()),
            },
        });

        using var reply = await PostAsync("v1/chat/completions", Chat);

        Assert.Equal(status, (int)reply.StatusCode);
        Assert.Equal(fallback, reply.Headers.Contains("x-chaosbench-degraded"));
    }

    public static TheoryData<string, string, int, string, string?> BadRequests => new()
    {
        { "v1/chat/completions", "{", 400, "invalid_json", null },
        { "v1/chat/completions", "{}", 400, "missing_required_parameter", "messages" },
        { "v1/chat/completions", """{"messages": 1}""", 400, "invalid_type", "messages" },
        { "v1/chat/completions", """{"messages": [{"role": "user", "content": "x"}], "n": 17}""", 400, "invalid_value", "n" },
        { "v1/chat/completions", $$"""{"messages": [{"role": "user", "content": "{{new string('x', 64)}}"}]}""", 400, "context_length_exceeded", null },
        { "v1/completions", "{}", 400, "missing_required_parameter", "prompt" },
        { "v1/chat/completions", """{"messages": [{"role": "user", "content": "BUG"}]}""", 500, "internal_error", null },
        { "v1/chat/completions", """{"messages": [{"role": "user", "content": "BUG"}], "stream": true}""", 500, "internal_error", null },
        { "v1/embeddings", """{"input": "x"}""", 501, "not_implemented", null },
        { "v1/nothing", "{}", 404, "not_found", null },
        { "v1/models", "{}", 405, "method_not_allowed", null },
    };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task Post_Wrong_GetsATypedError(string path, string body, int status, string code, string? param)
    {
        using var reply = await PostAsync(path, body);

        await AssertErrorAsync(reply, status, code, param);
        using var next = await PostAsync("v1/chat/completions", Chat);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        Assert.Equal(0, _server.Waiting);
    }

    [Theory]
    [InlineData("application/json", 200)]
    [InlineData("application/json; charset=utf-8", 200)]
    [InlineData("APPLICATION/JSON; charset=\"UTF-8\"", 200)]
    [InlineData("application/json; charset=utf-16", 415)]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("nonsense", 415)]
    [InlineData(null, 415)]
    public async Task Post_ContentType_MustBeJson(string? contentType, int status)
    {
        using var request = Request("v1/chat/completions", Chat);
        request.Content!.Headers.Remove("Content-Type");
        if (contentType is not null)
        {
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        using var reply = await Client.SendAsync(request);

        Assert.Equal(status, (int)reply.StatusCode);
    }

    [Theory]
    [InlineData(1_000, HttpStatusCode.OK)]
    [InlineData(1_001, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(100_000, HttpStatusCode.RequestEntityTooLarge)]
    public async Task Post_Body_IsBounded(int length, HttpStatusCode status)
    {
        await ServeAsync(new HttpFaceOptions { MaxBodyBytes = 1_000 }, FakeModel.Options);

        using var reply = await PostAsync("v1/chat/completions", Chat.PadRight(length));

        Assert.Equal(status, reply.StatusCode);
    }

    [Fact]
    public async Task Post_BodyInChunks_IsBoundedToo()
    {
        await ServeAsync(new HttpFaceOptions { MaxBodyBytes = 1_000 }, FakeModel.Options);
        using var request = Request("v1/chat/completions", Chat.PadRight(5_000));
        request.Headers.TransferEncodingChunked = true;

        using var reply = await Client.SendAsync(request);

        await AssertErrorAsync(reply, 413, "body_too_large", null);
    }

    [Theory]
    [InlineData("v1/chat/completions", null, 401)]
    [InlineData("v1/chat/completions", "Bearer wrong", 401)]
    [InlineData("v1/chat/completions", "Basic key", 401)]
    [InlineData("v1/chat/completions", "Bearer key", 200)]
    [InlineData("v1/chat/completions", "bearer key", 200)]
    public async Task Post_WithApiKey_NeedsIt(string path, string? authorization, int status)
    {
        await ServeAsync(new HttpFaceOptions { ApiKey = "key" }, FakeModel.Options);
        using var request = Request(path, Chat);
        request.Headers.Authorization = authorization is null ? null : AuthenticationHeaderValue.Parse(authorization);

        using var reply = await Client.SendAsync(request);

        Assert.Equal(status, (int)reply.StatusCode);
    }

    [Fact]
    public async Task Health_WithApiKey_NeedsNone()
    {
        await ServeAsync(new HttpFaceOptions { ApiKey = "key" }, FakeModel.Options);

        Assert.Equal("ready 2/2\n", await Client.GetStringAsync(At("health/ready")));
        Assert.Equal("live\n", await Client.GetStringAsync(At("health/live")));
    }

    [Fact]
    public async Task Post_TooManyAtATime_Gets429()
    {
        _model.Script = null;
        await ServeAsync(new HttpFaceOptions { MaxConcurrent = 1 }, FakeModel.Options);
        var running = PostAsync("v1/chat/completions", Chat);
        var call = await _model.NextCallAsync();

        using var reply = await PostAsync("v1/chat/completions", Chat);

        await AssertErrorAsync(reply, 429, "too_many_requests", null);
        call.Complete();
        (await running).Dispose();
        _model.Script = ["x"];
        // The place is given back just after the last byte of the reply.
        var next = HttpStatusCode.TooManyRequests;
        for (var attempt = 0; attempt < 1_000 && next == HttpStatusCode.TooManyRequests; attempt++)
        {
            using var again = await PostAsync("v1/chat/completions", Chat);
            next = again.StatusCode;
        }

        Assert.Equal(HttpStatusCode.OK, next);
    }

    [Theory]
    [InlineData("with blank")]
    [InlineData("<script>")]
    public async Task Post_StrangeRequestId_IsReplaced(string requestId)
    {
        using var reply = await PostAsync("v1/chat/completions", Chat, requestId);

        Assert.StartsWith("req-", reply.Headers.GetValues("x-request-id").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_WithoutReplicas_IsNotReady()
    {
        await _server.KillReplicaAsync(0, default);
        await _server.KillReplicaAsync(1, default);
        (await PostAsync("v1/chat/completions", Chat)).Dispose();

        using var reply = await Client.GetAsync(At("health/ready"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
    }

    [Fact]
    public async Task Models_ListAndOne_NameTheModel()
    {
        Assert.Equal("fake", Text(Json(await Client.GetStringAsync(At("v1/models"))).GetProperty("data")[0], "id"));
        Assert.Equal("fake", Text(Json(await Client.GetStringAsync(At("v1/models/fake"))), "id"));
        using var other = await Client.GetAsync(At("v1/models/other"));
        await AssertErrorAsync(other, 404, "model_not_found", "model");
    }

    [Fact]
    public async Task Metrics_AfterRequests_CountThem()
    {
        (await PostAsync("v1/chat/completions", Chat)).Dispose();
        (await PostAsync("v1/chat/completions", "{")).Dispose();

        var page = await Client.GetStringAsync(At("metrics"));

        Assert.Contains("vllm:generation_tokens_total{model_name=\"fake\"} 3\n", page, StringComparison.Ordinal);
        Assert.Contains("vllm:request_success_total{model_name=\"fake\",finished_reason=\"stop\"} 1\n", page, StringComparison.Ordinal);
        Assert.Contains("chaosbench_http_requests_total{status=\"400\"} 1\n", page, StringComparison.Ordinal);
        Assert.EndsWith("# EOF\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_PortInUse_SaysSoAndWhatToDo()
    {
        var options = new HttpFaceOptions { Port = _face.BaseAddress.Port };

        var problem = await Assert.ThrowsAsync<IOException>(() => HttpFace.StartAsync(_server, options, TimeProvider.System, default));

        Assert.Contains($"127.0.0.1:{options.Port} is in use", problem.Message, StringComparison.Ordinal);
        Assert.Contains("choose another port", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_AddressOfAnotherMachine_SaysSoAndWhatToDo()
    {
        // Reserved for documentation: no machine has it.
        var options = new HttpFaceOptions { BindAddress = IPAddress.Parse("192.0.2.1") };

        var problem = await Assert.ThrowsAsync<IOException>(() => HttpFace.StartAsync(_server, options, TimeProvider.System, default));

        Assert.Contains("choose an address of this machine", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StopAsync_WithARequestUnderWay_LetsItEnd()
    {
        _model.Script = null;
        var posting = PostAsync("v1/chat/completions", StreamedChat);
        var call = await _model.NextCallAsync();
        call.Token("a");
        var stopping = _face.StopAsync(default);
        Assert.False(stopping.IsCompleted);

        call.Token("b");
        call.Complete();

        using var reply = await posting;
        Assert.Equal("[DONE]", (await EventsAsync(reply))[^1]);
        await stopping.WaitAsync(FakeModel.Patience);
    }

    private async Task ServeAsync(HttpFaceOptions face, ServerOptions options)
    {
        if (_face is not null)
        {
            await _face.DisposeAsync();
            await _server.DisposeAsync();
        }

        _server = await _model.ServeAsync(options);
        _face = await HttpFace.StartAsync(_server, face, TimeProvider.System, default);
    }

    private Uri At(string path) => new(_face.BaseAddress, path);

    private HttpRequestMessage Request(string path, string body) =>
        new(HttpMethod.Post, At(path)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    private async Task<HttpResponseMessage> PostAsync(
        string path, string body, string? requestId = null, CancellationToken cancellation = default)
    {
        using var request = Request(path, body);
        if (requestId is not null)
        {
            request.Headers.TryAddWithoutValidation("x-request-id", requestId);
        }

        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
    }

    private static async Task AssertErrorAsync(HttpResponseMessage reply, int status, string code, string? param)
    {
        Assert.Equal(status, (int)reply.StatusCode);
        var error = (await JsonAsync(reply)).GetProperty("error");
        Assert.Equal((code, param), (Text(error, "code"), Text(error, "param")));
        Assert.NotEmpty(Text(error, "message")!);
        Assert.NotEmpty(Text(error, "type")!);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage reply) => Json(await reply.Content.ReadAsStringAsync());

    private static JsonElement Json(string text) => JsonSerializer.Deserialize<JsonElement>(text);

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static JsonElement Delta(JsonElement chunk) => chunk.GetProperty("choices")[0].GetProperty("delta");

    private static (int, int, int) Usage(JsonElement body)
    {
        var usage = body.GetProperty("usage");
        return (usage.GetProperty("prompt_tokens").GetInt32(), usage.GetProperty("completion_tokens").GetInt32(),
            usage.GetProperty("total_tokens").GetInt32());
    }

    private static async Task<List<string>> EventsAsync(HttpResponseMessage reply)
    {
        var text = await reply.Content.ReadAsStringAsync();
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.All(events, e => Assert.StartsWith("data: ", e, StringComparison.Ordinal));
        return [.. events.Select(e => e["data: ".Length..])];
    }
}
