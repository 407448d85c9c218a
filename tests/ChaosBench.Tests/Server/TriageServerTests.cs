using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using ChaosBench.Server;
using ChaosBench.Server.Http;
using ChaosBench.Tests.Server.Models;
using OpenAI;

namespace ChaosBench.Tests.Server;

/// <summary>Tests over the whole service: the reference model behind its HTTP face, which each test starts itself so that it can be skipped.</summary>
public abstract class TriageServerTests(int replicas, int maxBatch) : IAsyncLifetime
{
    private static readonly HttpClient Http = new() { Timeout = FakeModel.Patience };

    private ModelServer? _server;
    private HttpFace? _face;

    protected ModelServer Server => _server!;

    /// <summary>Without retries: a test wants to see what the first answer is.</summary>
    protected OpenAIClientOptions ForClients => new()
    {
        Endpoint = At("v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
    };

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_face is not null && _server is not null)
        {
            await _face.DisposeAsync();
            await _server.DisposeAsync();
        }
    }

    protected async Task StartAsync()
    {
        var options = new ServerOptions { Model = TriageModel.RequireFolder(), Device = "cpu", Replicas = replicas, MaxBatch = maxBatch };
        _server = await ModelServer.StartAsync(options, TimeProvider.System, default);
        _face = await HttpFace.StartAsync(_server, new HttpFaceOptions(), TimeProvider.System, default);
    }

    protected Uri At(string path) => new(_face!.BaseAddress, path);

    protected async Task<(int Status, string Text)> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var reply = await Http.PostAsync(At(path), content);
        return ((int)reply.StatusCode, await reply.Content.ReadAsStringAsync());
    }

    protected async Task<JsonElement> PostAsync(string path, int status, string body)
    {
        var (got, text) = await PostAsync(path, body);
        Assert.True(status == got, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
