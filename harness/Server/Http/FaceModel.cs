using ChaosBench.Server.Embeddings;
using ChaosBench.Server.Models;

namespace ChaosBench.Server.Http;

/// <summary>What a face speaks for: a server, which may have an encoder beside it, or an encoder alone. One of them is there.</summary>
internal sealed record FaceModel(ModelServer? Server, TextEncoder? Encoder)
{
    public ModelIdentity Identity => Server?.Identity ?? Encoder!.Identity;

    public int MaxContext => Server?.MaxContext ?? Encoder!.MaxTokens;

    /// <summary>An encoder alone has none.</summary>
    public IReadOnlyList<ReplicaStatus> Replicas => Server?.Replicas ?? [];

    /// <summary>Requests can be answered now.</summary>
    public bool Serves => Server is null || Replicas.Any(replica => replica.InRotation);

    public int Waiting => Server?.Waiting ?? 0;

    /// <summary>Through the server's router when there is one; an encoder alone has its own bounds.</summary>
    public Task<EncoderResult> EncodeAsync(string requestId, IReadOnlyList<EncoderInput> inputs, CancellationToken cancellation) =>
        Server?.EncodeAsync(requestId, inputs, cancellation) ?? Encoder!.EncodeAsync(inputs, cancellation);

    /// <summary>The encoder when it gives embeddings.</summary>
    public TextEncoder? Embedder => Encoder is { Labels.Count: 0 } ? Encoder : null;

    /// <summary>The encoder when it gives labels.</summary>
    public TextEncoder? Classifier => Encoder is { Labels.Count: > 0 } ? Encoder : null;
}
