namespace ChaosBench.Server;

/// <summary>One message of a conversation, as the chat template sees it. Content is hostile input: special-token text in it stays text.</summary>
public sealed record ChatTurn(string Role, string Content);

/// <summary>One request for text. Either <see cref="Prompt"/> is set (raw completion) or <see cref="Messages"/> is rendered by the chat template.</summary>
public sealed record GenerationRequest
{
    public required string RequestId { get; init; }

    /// <summary>Decides which injected faults of dependencies hit this request. Empty: none does. Default: <see cref="RequestId"/>.</summary>
    public string FaultKey { get => field ?? RequestId; init; }

    /// <summary>Who asks, as the client names them: the key of their context. Null: the last message stands for them.</summary>
    public string? User { get; init; }

    public required IReadOnlyList<ChatTurn> Messages { get; init; }

    /// <summary>Raw prompt instead of messages; null for chat.</summary>
    public string? Prompt { get; init; }

    /// <summary>0 is greedy; otherwise logits are divided by it. 0 to 2.</summary>
    public double Temperature { get; init; }

    /// <summary>Keeps the smallest set of tokens whose probability reaches this share, in (0, 1]; 1 keeps all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Keeps this many most likely tokens; 0 keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Subtracted once from the logit of every token that the answer already holds; -2 to 2.</summary>
    public double PresencePenalty { get; init; }

    /// <summary>Subtracted per occurrence in the answer; -2 to 2.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>
    /// Divides the positive and multiplies the negative logits of every token that prompt or answer already hold, before the other
    /// penalties (Keskar et al. 2019, as Hugging Face and vLLM have it). In (0, 2]; 1 changes nothing.
    /// </summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>
    /// The text leaves as it comes, so that a request that has begun cannot start anew on another replica. Without it the sink is
    /// told once, at the end. Default true.
    /// </summary>
    public bool Stream { get; init; } = true;

    /// <summary>At least 1. The rest of the context ends the answer earlier where it is shorter.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>
    /// The caller waits no longer: from when the server is asked until the answer is whole, the wait in the queue included. Above 0;
    /// null, or more than the server's own limit: that limit.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Seed of the draws. Without one it follows from <see cref="RequestId"/>, so that a repeated request repeats its answer.</summary>
    public long? Seed { get; init; }

    /// <summary>Log probabilities are wanted for each token, with this many of the likeliest beside it, 0 to 20; null: none.</summary>
    public int? TopLogProbs { get; init; }

    /// <summary>The answer ends before the first of these; at most 4 of 1 to 256 characters.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];
}
