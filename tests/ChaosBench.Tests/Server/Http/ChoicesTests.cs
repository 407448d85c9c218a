using System.Text;
using System.Text.Json;
using ChaosBench.Server;
using ChaosBench.Server.Http;

namespace ChaosBench.Tests.Server.Http;

/// <summary>Several answers to one request.</summary>
public sealed class ChoicesTests : IAsyncLifetime
{
    private static readonly HttpClient Client = new() { Timeout = FakeModel.Patience };

    private readonly FakeModel _model = new() { Script = ["a", "b"] };
    private ModelServer _server = null!;
    private HttpFace _face = null!;

    public async Task InitializeAsync()
    {
        _server = await _model.ServeAsync();
        _face = await HttpFace.StartAsync(_server, new HttpFaceOptions(), TimeProvider.System, default);
    }

    public async Task DisposeAsync()
    {
        await _face.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Whole_ThreeChoices_CountTheirPromptOnce()
    {
        var reply = await JsonAsync("""{"messages": [{"role": "user", "content": "hello"}], "n": 3, "seed": 7}""");

        var choices = reply.GetProperty("choices").EnumerateArray().ToArray();
        Assert.Equal([0, 1, 2], choices.Select(choice => choice.GetProperty("index").GetInt32()));
        Assert.All(choices, choice => Assert.Equal("ab", choice.GetProperty("message").GetProperty("content").GetString()));
        var usage = reply.GetProperty("usage");
        Assert.Equal((5, 6, 11), (Count("prompt_tokens"), Count("completion_tokens"), Count("total_tokens")));
        GenerationRequest[] requests = [(await _model.NextCallAsync()).Request, (await _model.NextCallAsync()).Request, (await _model.NextCallAsync()).Request];
        Assert.Equal(3, requests.Select(request => request.RequestId).Distinct().Count());
        Assert.Equal(3, requests.Select(request => request.Seed).Distinct().Count());
        Assert.Equal(7, requests.MinBy(request => request.RequestId.Length)!.Seed);

        int Count(string name) => usage.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Streamed_TwoChoices_EachHaveRolePiecesAndFinish()
    {
        var body = await TextAsync(200, """{"messages": [{"role": "user", "content": "hello"}], "n": 2, "stream": true}""");

        var events = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        var chunks = events.SkipLast(1).Select(line => JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..]).GetProperty("choices")[0]);
        foreach (var choice in chunks.GroupBy(chunk => chunk.GetProperty("index").GetInt32()))
        {
            Assert.Equal(["", "a", "b", null], choice.Select(chunk =>
                chunk.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : null));
            Assert.Equal("stop", choice.Last().GetProperty("finish_reason").GetString());
        }

        Assert.Equal(2, chunks.Select(chunk => chunk.GetProperty("index").GetInt32()).Distinct().Count());
    }

    [Fact]
    public async Task Whole_OneChoiceFails_TheReplyIsItsErrorAndTheOthersAreCancelled()
    {
        _model.Script = null;
        var posting = TextAsync(500, """{"messages": [{"role": "user", "content": "hello"}], "n": 2}""");
        FakeCall[] calls = [await _model.NextCallAsync(), await _model.NextCallAsync()];

        calls[0].End(GenerationStatus.Failed);

        Assert.Contains("server_error", await posting, StringComparison.Ordinal);
        Assert.Equal(GenerationStatus.Cancelled, (await calls[1].Result.WaitAsync(FakeModel.Patience)).Status);
        Assert.Equal(0, _server.Waiting);
    }

    [Fact]
    public async Task Whole_MoreChoicesThanPlaces_IsTurnedAwayAndLeavesNothingBehind()
    {
        // Two replicas of two places and a queue of two.
        _model.Script = null;
        var refused = await TextAsync(429, """{"messages": [{"role": "user", "content": "hello"}], "n": 16}""");
        Assert.Contains("queue_full", refused, StringComparison.Ordinal);

        _model.Script = ["x"];

        await JsonAsync("""{"messages": [{"role": "user", "content": "hello"}], "n": 2}""");
    }

    private async Task<JsonElement> JsonAsync(string body) => JsonSerializer.Deserialize<JsonElement>(await TextAsync(200, body));

    private async Task<string> TextAsync(int status, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var reply = await Client.PostAsync(new Uri(_face.BaseAddress, "v1/chat/completions"), content);
        var text = await reply.Content.ReadAsStringAsync();
        Assert.True(status == (int)reply.StatusCode, text);
        return text;
    }
}
