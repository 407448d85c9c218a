using System.ClientModel;
using System.ClientModel.Primitives;
using ChaosBench.Server;
using ChaosBench.Server.Http;
using ChaosBench.Tests.Server.Models;
using OpenAI;
using OpenAI.Chat;

namespace ChaosBench.Tests.Server;

/// <summary>Usage tells the prompt tokens that were not computed again, to the official client.</summary>
public sealed class CachedTokensTests
{
    [SkippableTheory]
    [InlineData(ReplicaIsolation.Task)]
    [InlineData(ReplicaIsolation.Process)]
    public async Task Chat_SharedBeginning_IsCountedAsCached(ReplicaIsolation isolation)
    {
        var options = new ServerOptions { Model = TriageModel.RequireFolder(), Device = "cpu", Replicas = 1, MaxBatch = 2, Isolation = isolation };
        await using var server = await ModelServer.StartAsync(options, TimeProvider.System, default);
        await using var face = await HttpFace.StartAsync(server, new HttpFaceOptions(), TimeProvider.System, default);
        var client = new ChatClient("triage-v1", new ApiKeyCredential("none"), new OpenAIClientOptions
        {
            Endpoint = new Uri(face.BaseAddress, "v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
        });
        var shared = string.Join(' ', Enumerable.Range(0, 200).Select(number => $"order {number}"));

        var (first, second) = (await CachedAsync("and then?"), await CachedAsync("or else?"));

        Assert.Equal(0, first.Cached);
        // Whole prefill chunks are shared, so it is less than the prompt.
        Assert.InRange(second.Cached, 128, second.Prompt - 1);

        async Task<(int Cached, int Prompt)> CachedAsync(string end)
        {
            ChatCompletion answer = await client.CompleteChatAsync(
                [new UserChatMessage($"{shared} {end}")], new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 2 });
            return (answer.Usage.InputTokenDetails.CachedTokenCount, answer.Usage.InputTokenCount);
        }
    }
}
