namespace ChaosBench.Server.Embeddings;

/// <summary>The end of a request to an encoder. Failures of a request are values, never exceptions.</summary>
public sealed record EncoderResult
{
    public required GenerationStatus Status { get; init; }

    /// <summary>One sentence for the caller; null when completed. Never quotes the caller's text.</summary>
    public string? Error { get; init; }

    /// <summary>Machine-readable, e.g. <c>context_length_exceeded</c>.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>Which input is at fault; null when none is.</summary>
    public int? ErrorInput { get; init; }

    /// <summary>With <see cref="GenerationStatus.Overloaded"/>: when it is worth trying again.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>One for each input, in their order: an embedding, or the probability of each label.</summary>
    public IReadOnlyList<float[]> Vectors { get; init; } = [];

    /// <summary>Tokens that the model read, special ones included.</summary>
    public int Tokens { get; init; }

    /// <summary>Index of the replica that computed it; null for an encoder alone.</summary>
    public int? Replica { get; init; }

    internal static EncoderResult Cancelled { get; } =
        new() { Status = GenerationStatus.Cancelled, Error = "The request was cancelled.", ErrorCode = "cancelled" };

    internal static EncoderResult Lost(int replica) => new()
    {
        Status = GenerationStatus.ReplicaLost, ErrorCode = "replica_lost", Error = $"replica {replica} was lost", Replica = replica,
    };

    internal static EncoderResult Refused(int input, string code, string error) =>
        new() { Status = GenerationStatus.BadRequest, ErrorInput = input, ErrorCode = code, Error = error };

    internal static EncoderResult Failed(string code, string error) =>
        new() { Status = GenerationStatus.Failed, ErrorCode = code, Error = error };
}
