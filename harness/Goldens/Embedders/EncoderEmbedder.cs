using ChaosBench.Reports.Goldens;
using ChaosBench.Server;
using ChaosBench.Server.Embeddings;
using ChaosBench.Server.Models;

namespace ChaosBench.Harness.Goldens.Embedders;

/// <summary>A model folder: a sentence encoder, or a decoder that has a graph for embeddings beside it.</summary>
internal sealed class EncoderEmbedder : IEmbedder
{
    private const int Together = 32;

    private readonly Func<IReadOnlyList<EncoderInput>, CancellationToken, Task<EncoderResult>> _encode;
    private readonly IAsyncDisposable? _owned;

    private EncoderEmbedder(
        EmbedderIdentity identity, Func<IReadOnlyList<EncoderInput>, CancellationToken, Task<EncoderResult>> encode, IAsyncDisposable? owned) =>
        (Identity, _encode, _owned) = (identity, encode, owned);

    public EmbedderIdentity Identity { get; }

    /// <exception cref="GoldenException">Not a folder with such a model.</exception>
    public static async Task<EncoderEmbedder> OpenAsync(string folder, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            if (await Task.Run(() => EncoderFolder.TryLoad(folder, "cpu", places: 1), cancellation).ConfigureAwait(false) is { } encoder)
            {
                return encoder.Labels.Count == 0
                    ? new EncoderEmbedder(Of("model", folder, encoder.Identity, encoder.Width, "a sentence encoder"), encoder.EncodeAsync, encoder)
                    : throw new GoldenException(GoldenReasons.EmbedderUnavailable, $"{folder}: is a classifier, which has no embeddings; name a sentence encoder");
            }

            var server = await ModelServer.StartAsync(new ServerOptions { Model = folder, Replicas = 1, Device = "cpu", ContextStore = null }, time, cancellation).ConfigureAwait(false);
            return server.Encoder is null
                ? throw new GoldenException(GoldenReasons.EmbedderUnavailable, $"{folder}: has no embedding.onnx; name a folder with one, or a sentence encoder")
                : new EncoderEmbedder(Of("model", folder, server.Encoder.Identity, server.Encoder.Width, "the embedding output of a language model"), Ask(server), server);
        }
        catch (ModelLoadException problem)
        {
            throw new GoldenException(GoldenReasons.EmbedderUnavailable, problem.Message, problem);
        }
    }

    /// <summary>The target's own embeddings, of the model that it serves.</summary>
    /// <exception cref="GoldenException">It has none.</exception>
    public static EncoderEmbedder Of(ModelServer server) => server.Encoder is { } encoder
        ? new EncoderEmbedder(Of("target", server.Identity.Name, encoder.Identity, encoder.Width, "the target's own embeddings: a new model brings a new embedder, and is then refused"), Ask(server), null)
        : throw new GoldenException(GoldenReasons.EmbedderUnavailable, "the target gives no embeddings; name a model folder with --embedder");

    public async Task<IReadOnlyList<float[]?>> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        var vectors = new List<float[]?>(texts.Count);
        foreach (var batch in texts.Chunk(Together))
        {
            vectors.AddRange(await TogetherAsync(batch, cancellation).ConfigureAwait(false));
        }

        return vectors;
    }

    public ValueTask DisposeAsync() => _owned?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>One text that is refused refuses its batch; then each is asked about alone.</summary>
    private async Task<IReadOnlyList<float[]?>> TogetherAsync(string[] texts, CancellationToken cancellation)
    {
        var result = await _encode([.. texts.Select(EncoderInput.Of)], cancellation).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        if (result.Status == GenerationStatus.Completed)
        {
            return result.Vectors;
        }

        if (result.Status != GenerationStatus.BadRequest)
        {
            throw new GoldenException(GoldenReasons.EmbedderUnavailable, $"the embedder does not work: {result.Error}");
        }

        if (texts.Length == 1)
        {
            return [null];
        }

        var vectors = new List<float[]?>();
        foreach (var text in texts)
        {
            vectors.AddRange(await TogetherAsync([text], cancellation).ConfigureAwait(false));
        }

        return vectors;
    }

    private static Func<IReadOnlyList<EncoderInput>, CancellationToken, Task<EncoderResult>> Ask(ModelServer server) =>
        (inputs, cancellation) => server.EncodeAsync("golden", inputs, cancellation);

    private static EmbedderIdentity Of(string kind, string place, ModelIdentity identity, int width, string note) =>
        new(kind, place, width, identity.ModelSha256, identity.TokenizerSha256, "as the model's files say") { Note = note };
}
