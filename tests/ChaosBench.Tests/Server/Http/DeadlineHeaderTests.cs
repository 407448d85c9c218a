using System.Text;
using System.Text.Json;
using ChaosBench.Server;
using ChaosBench.Server.Http;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Http;

/// <summary><c>X-Request-Timeout-Ms</c> over HTTP, on a clock that only the test moves.</summary>
public sealed class DeadlineHeaderTests : IAsyncLifetime
{
    private static readonly HttpClient Client = new() { Timeout = FakeModel.Patience };

    private readonly FakeModel _model = new();
    private readonly FakeTime _time = new();
    private ModelServer _server = null!;
    private HttpFace _face = null!;

    public async Task InitializeAsync()
    {
        _server = await _model.ServeAsync(FakeModel.Options with { Replicas = 1, MaxBatch = 1 }, _time);
        _face = await HttpFace.StartAsync(_server, new HttpFaceOptions(), TimeProvider.System, default);
    }

    public async Task DisposeAsync()
    {
        await _face.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Post_TimeOverInTheQueue_Gets504InOpenAisShape()
    {
        var running = PostAsync("60000", stream: false);
        var call = await _model.NextCallAsync();
        var waiting = PostAsync("250", stream: true);
        await Eventually.HoldsAsync(() => _server.Waiting == 1);

        _time.Advance(TimeSpan.FromMilliseconds(250));
        using var late = await waiting;
        call.Complete();
        using var first = await running;

        Assert.Equal((504, 200), ((int)late.StatusCode, (int)first.StatusCode));
        AssertLate(await late.Content.ReadAsStringAsync());
        Assert.Contains("chaosbench_deadline_exceeded_total{model_name=\"fake\"} 1\n", await MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_TimeOverMidStream_EndsWithAnErrorAndWithoutDone()
    {
        var posting = PostAsync("250", stream: true);
        (await _model.NextCallAsync()).Token("half");
        using var reply = await posting;

        _time.Advance(TimeSpan.FromMilliseconds(250));
        var events = (await reply.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(200, (int)reply.StatusCode);
        Assert.Contains("half", events[^2], StringComparison.Ordinal);
        AssertLate(events[^1]["data: ".Length..]);
        Assert.DoesNotContain(events, sent => sent.Contains("[DONE]", StringComparison.Ordinal) || sent.Contains("\"finish_reason\":\"", StringComparison.Ordinal));
        Assert.Equal(0, _server.Replicas[0].Outstanding);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("1.5")]
    [InlineData("5s")]
    [InlineData("99999999999999999999")]
    public async Task Post_TimeoutThatIsNone_IsRefused(string timeout)
    {
        using var reply = await PostAsync(timeout, stream: false);

        Assert.Equal(400, (int)reply.StatusCode);
        Assert.Contains("X-Request-Timeout-Ms", await reply.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static void AssertLate(string body)
    {
        var error = JsonSerializer.Deserialize<JsonElement>(body).GetProperty("error");
        Assert.Equal(("deadline_exceeded", "server_error"), (error.GetProperty("code").GetString(), error.GetProperty("type").GetString()));
        Assert.Contains("250 ms", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private Task<string> MetricsAsync() => Client.GetStringAsync(new Uri(_face.BaseAddress, "metrics"));

    private async Task<HttpResponseMessage> PostAsync(string timeout, bool stream)
    {
        var body = JsonSerializer.Serialize(new { messages = new[] { new { role = "user", content = "hello" } }, stream });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_face.BaseAddress, "v1/chat/completions"))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation(TimeoutHeader.Name, timeout);
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
