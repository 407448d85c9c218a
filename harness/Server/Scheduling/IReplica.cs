using ChaosBench.Server.Embeddings;

namespace ChaosBench.Server.Scheduling;

/// <summary>Where a replica is in its life. Lost is a failure or <see cref="IReplica.Kill"/>; it can start again.</summary>
public enum ReplicaState
{
    Starting,
    Ready,
    Lost,
    Stopped,
}

/// <summary>One copy of the model with its own session, cache and thread.</summary>
public interface IReplica : IAsyncDisposable
{
    int Index { get; }

    ReplicaState State { get; }

    /// <summary>It gives signs of life: its batch loop moves, and its process answers. It may hang while its state is Ready.</summary>
    bool Responsive => true;

    /// <summary>Turns requests into tokens of its own; null: those of the server's model are its own.</summary>
    Func<GenerationRequest, int[]>? Encode => null;

    /// <summary>Requests accepted and not ended.</summary>
    int Outstanding { get; }

    /// <summary>
    /// Loads the model and completes when it has made its first steps; after <see cref="Kill"/> this is a real reload. Killed
    /// meanwhile, it completes early and the state is Lost.
    /// </summary>
    /// <exception cref="Models.ModelLoadException">The model cannot be loaded; the replica is then Lost.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Never throws for what a request or the model does: every end is a <see cref="GenerationResult"/>.</summary>
    Task<GenerationResult> GenerateAsync(
        GenerationRequest request, IReadOnlyList<int> promptTokens, IGenerationSink sink, CancellationToken cancellationToken);

    /// <summary>
    /// One vector for each row of tokens, for models that give embeddings. Every end but a cancellation is a result.
    /// </summary>
    /// <param name="rows">1 to 16, each checked to be of the model's vocabulary and context.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    Task<EncoderResult> EncodeAsync(IReadOnlyList<int[]> rows, CancellationToken cancellationToken) =>
        Task.FromResult(EncoderResult.Failed("not_implemented", "This replica gives no embeddings."));

    /// <summary>
    /// Loses the replica at once, without waiting: the running step is broken off, the session disposed, and every outstanding
    /// request ends with ReplicaLost.
    /// </summary>
    void Kill();
}
