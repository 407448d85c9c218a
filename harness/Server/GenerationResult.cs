namespace ChaosBench.Server;

/// <summary>How a generation ended.</summary>
public enum GenerationStatus
{
    Completed,
    BadRequest,
    Overloaded,
    Failed,
    ReplicaLost,
    Cancelled,
    DeadlineExceeded,
}

/// <summary>The end of a request: status, counts and the whole text. Failures of a request are values, never exceptions.</summary>
public sealed record GenerationResult
{
    public required GenerationStatus Status { get; init; }

    /// <summary>One sentence for the caller; null when completed.</summary>
    public string? Error { get; init; }

    /// <summary>Machine-readable, e.g. <c>context_length_exceeded</c>.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>With <see cref="GenerationStatus.Overloaded"/>: when it is worth trying again.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary><c>stop</c> (end token or stop string) or <c>length</c>; null unless completed.</summary>
    public string? FinishReason { get; init; }

    public int PromptTokens { get; init; }

    /// <summary>Those of the prompt's tokens that an earlier prompt began with and that were not computed again.</summary>
    public int ReusedPromptTokens { get; init; }

    /// <summary>Tokens handed to the sink; the end token is not one of them.</summary>
    public int CompletionTokens { get; init; }

    /// <summary>One for each completion token when the request asked for them.</summary>
    public IReadOnlyList<TokenLogProb> LogProbs { get; init; } = [];

    /// <summary>Index of the replica that served the request.</summary>
    public int? Replica { get; init; }

    /// <summary>A dependency was replaced by its fallback.</summary>
    public bool Degraded { get; init; }

    /// <summary>Everything the sink received, joined; also when the request failed in the middle.</summary>
    public string Text { get; init; } = "";
}
