using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChaosBench.Server;
using ChaosBench.Server.Http;
using ChaosBench.Tests.Server.Models;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server;

/// <summary>Every string of the adversarial sets as a prompt, while a bystander streams and before and after a canary.</summary>
public sealed class HostileFloodTests : IAsyncLifetime
{
    private const string Canary = "where is my desk lamp. order A-12345. regards, Karabo";
    private const int AtOnce = 12;

    private static readonly HttpClient Client = new() { Timeout = TimeSpan.FromMinutes(2) };

    private ModelServer? _server;
    private HttpFace? _face;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_face is not null && _server is not null)
        {
            await _face.DisposeAsync();
            await _server.DisposeAsync();
        }
    }

    [SkippableFact]
    public async Task Flood_OfHostilePrompts_IsAnsweredOrRefusedAndChangesNobodysAnswer()
    {
        var prompts = Read(DataFolder.Require("adversarial"));
        Assert.True(prompts.Count > 1_000, $"{prompts.Count} prompts were found");
        await StartAsync();
        var (canary, bystander) = (await AskAsync(Canary), await StreamAsync());
        var statuses = new int[prompts.Count];
        using var over = new CancellationTokenSource();
        var streaming = BystandAsync(bystander, over.Token);

        await Parallel.ForEachAsync(
            prompts.Index(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (prompt, _) => statuses[prompt.Index] = await StatusAsync(prompt.Item));
        await over.CancelAsync();

        // Streams of the bystander that ran to their end within the flood: each byte for byte the one before it.
        Assert.True(await streaming > 0, "no stream of the bystander ended within the flood");
        Assert.Equal(canary, await AskAsync(Canary));
        Assert.All(statuses.Index(), entry => Assert.True(entry.Item is 200 or 400, $"{entry.Item}: prompt {entry.Index}"));
        Assert.Contains(200, statuses);
        Assert.Contains(400, statuses);
        Assert.All(_server!.Replicas, replica => Assert.True(replica.InRotation));
    }

    private async Task StartAsync()
    {
        var options = new ServerOptions { Model = TriageModel.RequireFolder(), Device = "cpu", Replicas = 1, MaxBatch = 8 };
        _server = await ModelServer.StartAsync(options, TimeProvider.System, default);
        _face = await HttpFace.StartAsync(_server, new HttpFaceOptions(), TimeProvider.System, default);
    }

    /// <summary>Streams the same request again and again; the number of streams that ended before the flood did.</summary>
    private async Task<int> BystandAsync(string expected, CancellationToken over)
    {
        var whole = 0;
        while (!over.IsCancellationRequested)
        {
            Assert.Equal(expected, await StreamAsync());
            whole += over.IsCancellationRequested ? 0 : 1;
        }

        return whole;
    }

    private async Task<string> StreamAsync()
    {
        using var request = Post(Canary, stream: true, tokens: 64);
        // Its id is in the reply and in nothing else that could differ but the second of its creation.
        request.Headers.Add("x-request-id", "bystander");
        using var reply = await Client.SendAsync(request);
        var lines = (await reply.Content.ReadAsStringAsync()).Split("\n\n");
        return string.Join("\n\n", lines.Select(line => Regex.Replace(line, "\"created\":[0-9]+", "\"created\":0")));
    }

    private async Task<string> AskAsync(string prompt)
    {
        using var request = Post(prompt, stream: false, tokens: 64);
        using var reply = await Client.SendAsync(request);
        var body = JsonSerializer.Deserialize<JsonElement>(await reply.Content.ReadAsStringAsync());
        return body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
    }

    private async Task<int> StatusAsync(string prompt)
    {
        using var request = Post(prompt, stream: prompt.Length % 2 == 0, tokens: 4);
        using var reply = await Client.SendAsync(request);
        var text = await reply.Content.ReadAsStringAsync();
        Assert.True((int)reply.StatusCode != 400 || text.Contains("\"type\":\"invalid_request_error\"", StringComparison.Ordinal), text);
        return (int)reply.StatusCode;
    }

    private HttpRequestMessage Post(string prompt, bool stream, int tokens) => new(HttpMethod.Post, new Uri(_face!.BaseAddress, "v1/chat/completions"))
    {
        Content = new StringContent(
            JsonSerializer.Serialize(new { messages = new[] { new { role = "user", content = prompt } }, temperature = 0, max_tokens = tokens, stream }),
            Encoding.UTF8, "application/json"),
    };

    /// <summary>Strings of every JSON file at any depth, and the lines of every text file; archives hold bodies, not prompts.</summary>
    private static List<string> Read(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(file => Path.GetExtension(file) switch
        {
            ".json" => Strings(JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(file))),
            ".jsonl" => File.ReadLines(file).Where(line => line.Length > 0).SelectMany(line => Strings(JsonSerializer.Deserialize<JsonElement>(line))),
            ".txt" => File.ReadLines(file),
            _ => [],
        }).Distinct(StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Strings(property.Value)),
        _ => [],
    };
}
