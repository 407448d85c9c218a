namespace ChaosBench.Server.Scheduling;

/// <summary>What a request must satisfy before it may wait for a slot; decided before any work is done for it.</summary>
internal static class RequestRules
{
    /// <summary>Error and code, or null for a request that can be served.</summary>
    public static (string Error, string Code)? Check(GenerationRequest request, IReadOnlyList<int> prompt, int positions, int vocabulary)
    {
        if (RequestLimits.CheckParameters(request) is { } wrong)
        {
            return ($"{wrong.Parameter} {wrong.Problem}", "invalid_value");
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
}
