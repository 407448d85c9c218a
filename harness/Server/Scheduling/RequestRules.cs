namespace ChaosBench.Server.Scheduling;

/// <summary>What a request must satisfy before it may wait for a slot; decided before any work is done for it.</summary>
internal static class RequestRules
{
    private const int MaxStops = 16;
    private const int MaxStopLength = 256;

    /// <summary>Error and code, or null for a request that can be served.</summary>
    public static (string Error, string Code)? Check(GenerationRequest request, IReadOnlyList<int> prompt, int positions, int vocabulary)
    {
        if (Parameter(request) is { } problem)
        {
            return (problem, "invalid_value");
        }

        if (prompt.Count == 0)
        {
            return ("the prompt is empty; at least one token is needed", "invalid_value");
        }

        if (prompt.Count >= positions)
        {
            return (
                $"the prompt has {prompt.Count:N0} tokens; the context holds {positions:N0} with at least one for the answer",
                "context_length_exceeded");
        }

        foreach (var token in prompt)
        {
            if (token < 0 || token >= vocabulary)
            {
                return ($"token {token} is outside of the vocabulary of {vocabulary:N0}", "invalid_value");
            }
        }

        return null;
    }

    private static string? Parameter(GenerationRequest request) => request switch
    {
        { MaxTokens: < 1 } => $"max_tokens is {request.MaxTokens}; expected at least 1",
        { Temperature: not (>= 0 and <= 100) } => $"temperature is {request.Temperature}; expected 0 to 100",
        { TopP: not (> 0 and <= 1) } => $"top_p is {request.TopP}; expected above 0 and at most 1",
        { TopK: < 0 } => $"top_k is {request.TopK}; expected 0 (all) or more",
        { PresencePenalty: not (>= -2 and <= 2) } => $"presence_penalty is {request.PresencePenalty}; expected -2 to 2",
        { FrequencyPenalty: not (>= -2 and <= 2) } => $"frequency_penalty is {request.FrequencyPenalty}; expected -2 to 2",
        { Stop.Count: > MaxStops } => $"stop has {request.Stop.Count:N0} strings; at most {MaxStops} are taken",
        _ when request.Stop.Any(s => s.Length is 0 or > MaxStopLength) => $"a stop string is empty or longer than {MaxStopLength} characters",
        _ => null,
    };
}
