using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ChaosBench.Server;
using ChaosBench.Server.Http;
using ChaosBench.Tests.Server.Models;
using ChaosBench.Tests.Server.Scheduling;
using ChaosBench.Tests.Support;
using Xunit.Abstractions;

namespace ChaosBench.Tests.Server;

/// <summary>
/// The 500 held-out tickets through the whole server, against PyTorch's greedy answers with the same weights
/// (<c>HeldOut/triage-v1.jsonl.gz</c>, made by scenarios/models/training/greedy.py).
/// </summary>
public class HeldOutTests(ITestOutputHelper output)
{
    // Alone, in small batches, in full ones, and with others waiting for a slot.
    private static readonly int[] Concurrencies = [1, 3, 16, 48];

    private static readonly HeldOut[] Tickets = Read();

    [SkippableFact]
    public async Task Generate_SharedCache_EqualsPyTorch() => Assert.Empty(await DifferingAsync(TriageModel.RequireFolder()));

    [SkippableFact]
    public async Task Generate_GrowingCache_EqualsPyTorch()
    {
        using var model = GrowingModel.OfTriage("triage-growing");
        Assert.Empty(await DifferingAsync(model.Folder));
    }

    /// <summary>
    /// Its weights are not PyTorch's but rounded to int8, and it scales its activations over the whole call, so its logits depend on
    /// who shares the batch. Stated tolerance: 1 of 100 answers.
    /// </summary>
    [SkippableFact]
    public async Task Generate_Int8_DiffersFromPyTorchInAtMostOneOfAHundred()
    {
        var differing = await DifferingAsync(Path.Combine(Path.GetDirectoryName(TriageModel.RequireFolder())!, "triage-v2"));
        output.WriteLine($"{differing.Count} of {Tickets.Length} answers differ: tickets {string.Join(", ", differing)}");
        Assert.InRange(differing.Count, 0, Tickets.Length / 100);
    }

    /// <summary>
    /// The form for cards, on the CPU: the rounding is that of f16, though not the order in which a card adds. PyTorch's smallest margin
    /// between two tokens is 0.42, f16 tells logits of this size apart by 0.02.
    /// </summary>
    [SkippableFact]
    public async Task Generate_HalfPrecision_EqualsPyTorch()
    {
        using var model = GrowingModel.OfHalf();
        var differing = await DifferingAsync(model.Folder);
        output.WriteLine($"{differing.Count} of {Tickets.Length} answers differ: tickets {string.Join(", ", differing)}");
        Assert.Empty(differing);
    }

    [SkippableFact]
    public async Task ChatCompletions_EveryTenthTicket_EqualsPyTorch()
    {
        await using var server = await StartAsync(TriageModel.RequireFolder());
        await using var face = await HttpFace.StartAsync(server, new HttpFaceOptions(), TimeProvider.System, default);
        using var client = new HttpClient { BaseAddress = face.BaseAddress, Timeout = FakeModel.Patience };
        var tickets = Tickets.Where((_, i) => i % 10 == 0).ToArray();

        var replies = await Task.WhenAll(tickets.Select(ticket => AskAsync(client, ticket.Prompt)));

        Assert.Equal(tickets.Select(ticket => (TextOf(ticket), ticket.Ids.Length)), replies);
    }

    /// <summary>Indices of the tickets whose tokens are others.</summary>
    private static async Task<IReadOnlyList<int>> DifferingAsync(string folder)
    {
        await using var server = await StartAsync(folder);
        var same = new bool[Tickets.Length];
        var share = Tickets.Length / Concurrencies.Length;
        foreach (var (part, concurrency) in Concurrencies.Index())
        {
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = concurrency };
            await Parallel.ForAsync(part * share, (part + 1) * share, parallel, async (i, _) => same[i] = await IsSameAsync(server, i));
        }

        return [.. Enumerable.Range(0, same.Length).Where(i => !same[i])];
    }

    private static async ValueTask<bool> IsSameAsync(ModelServer server, int ticket)
    {
        // With log probabilities, because they name the tokens.
        var request = new GenerationRequest
        {
            RequestId = $"{ticket}", Messages = [new ChatTurn("user", Tickets[ticket].Prompt)], MaxTokens = 100, TopLogProbs = 0,
        };
        var result = await server.GenerateAsync(request, new CollectingSink(), default);
        return result.FinishReason == "stop" && result.LogProbs.Select(token => token.Token).SequenceEqual(Tickets[ticket].Ids);
    }

    private static async Task<(string Text, int Tokens)> AskAsync(HttpClient client, string prompt)
    {
        var body = JsonSerializer.Serialize(new { messages = new[] { new { role = "user", content = prompt } }, temperature = 0, max_tokens = 100 });
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var reply = await client.PostAsync(new Uri("v1/chat/completions", UriKind.Relative), content);
        using var json = JsonDocument.Parse(await reply.Content.ReadAsStringAsync());
        return (json.RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!,
            json.RootElement.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    private static Task<ModelServer> StartAsync(string folder) => ModelServer.StartAsync(
        new ServerOptions { Model = folder, Device = "cpu", MaxContext = 512, Replicas = 2 }, TimeProvider.System, default);

    private static string TextOf(HeldOut ticket)
    {
        var tokenizer = TriageModel.Require().Tokenizer;
        return Encoding.UTF8.GetString([.. ticket.Ids.SelectMany(id => tokenizer.BytesOf(id).ToArray())]);
    }

    private static HeldOut[] Read()
    {
        using var file = File.OpenRead(Repository.Path("tests", "ChaosBench.Tests", "Server", "Models", "HeldOut", "triage-v1.jsonl.gz"));
        using var lines = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        var tickets = new List<HeldOut>();
        while (lines.ReadLine() is { } line)
        {
            tickets.Add(JsonSerializer.Deserialize<HeldOut>(line, JsonSerializerOptions.Web)!);
        }

        return tickets.Count == 500 ? [.. tickets] : throw new InvalidDataException($"{tickets.Count} tickets instead of 500");
    }

    private sealed record HeldOut(string Prompt, int[] Ids);
}
