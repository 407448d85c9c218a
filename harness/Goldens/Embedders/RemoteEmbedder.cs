using ChaosBench.Engine.Targets.OpenAi;
using ChaosBench.Reports.Goldens;

namespace ChaosBench.Harness.Goldens.Embedders;

/// <summary>The <c>/v1/embeddings</c> of a remote target. It names no weights, so the canaries alone tell whether it is still the same.</summary>
internal sealed class RemoteEmbedder : IEmbedder
{
    private const int Together = 64;

    private readonly EmbeddingsClient _client;

    private RemoteEmbedder(EmbeddingsClient client, EmbedderIdentity identity) => (_client, Identity) = (client, identity);

    public EmbedderIdentity Identity { get; }

    /// <exception cref="GoldenException">It gives none.</exception>
    public static async Task<RemoteEmbedder> OpenAsync(OpenAiSettings settings, CancellationToken cancellation)
    {
        var client = new EmbeddingsClient(settings);
        try
        {
            var one = await AskAsync(client, ["one"], cancellation).ConfigureAwait(false);
            return new RemoteEmbedder(client, new EmbedderIdentity("target", settings.Model, one[0].Length)
            {
                Note = "the target's own /v1/embeddings, whose weights it does not name",
            });
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public async Task<IReadOnlyList<float[]?>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        var vectors = new float[]?[texts.Count];
        foreach (var batch in texts.Index().Where(text => !string.IsNullOrWhiteSpace(text.Item)).Chunk(Together))
        {
            var found = await AskAsync(_client, [.. batch.Select(text => text.Item)], cancellation).ConfigureAwait(false);
            foreach (var ((index, _), vector) in batch.Zip(found))
            {
                vectors[index] = vector;
            }
        }

        return vectors;
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<IReadOnlyList<float[]>> AskAsync(EmbeddingsClient client, string[] texts, CancellationToken cancellation)
    {
        try
        {
            return await client.EmbedAsync(texts, cancellation).ConfigureAwait(false);
        }
        catch (EmbeddingsException problem)
        {
            throw new GoldenException(GoldenReasons.EmbedderUnavailable, $"the target's embeddings: {problem.Message}", problem);
        }
    }
}
