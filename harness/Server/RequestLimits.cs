namespace ChaosBench.Server;

/// <summary>The ranges of a request's values: one place for the HTTP parser and for callers in this process.</summary>
internal static class RequestLimits
{
    /// <summary>Stands for "as many as the context holds".</summary>
    public const int MostTokens = 1_000_000;

    public const int MostStops = 4;
    public const int LongestStop = 256;
    public const int MostLogProbs = 20;

    /// <summary>Each takes a place of its own on a replica.</summary>
    public const int MostChoices = 16;
    public const int MostMessages = 4_096;

    /// <summary>The first value that is out of range, by its name in the API; null when all are in.</summary>
    public static (string Parameter, string Problem)? Check(GenerationRequest request)
    {
        if (request.Messages.Count == 0 && request.Prompt is null)
        {
            return ("messages", "must hold at least one message");
        }

        if (request.Messages.Count > MostMessages)
        {
            return ("messages", FormattableString.Invariant(
                $"holds {request.Messages.Count} messages; at most {MostMessages} are accepted"));
        }

        return request.Timeout <= TimeSpan.Zero ? ("timeout", "must be above 0") : CheckParameters(request);
    }

    /// <summary>The same without the prompt, which a replica gets as tokens.</summary>
    public static (string Parameter, string Problem)? CheckParameters(GenerationRequest request) =>
        Range("temperature", request.Temperature, 0, 2)
            ?? Range("top_p", request.TopP, double.Epsilon, 1)
            ?? Range("top_k", request.TopK, 0, MostTokens)
            ?? Range("presence_penalty", request.PresencePenalty, -2, 2)
            ?? Range("frequency_penalty", request.FrequencyPenalty, -2, 2)
            ?? Range("repetition_penalty", request.RepetitionPenalty, double.Epsilon, 2)
            ?? Range("max_tokens", request.MaxTokens, 1, MostTokens)
            ?? Range("top_logprobs", request.TopLogProbs ?? 0, 0, MostLogProbs)
            ?? Stops(request.Stop);

    // Written so that NaN is out of every range.
    private static (string, string)? Range(string parameter, double value, double least, double most) =>
        value >= least && value <= most
            ? null
            : (parameter, least == double.Epsilon
                ? FormattableString.Invariant($"is {value}; it must be above 0 and at most {most}")
                : FormattableString.Invariant($"is {value}; it must be from {least} to {most}"));

    private static (string, string)? Stops(IReadOnlyList<string> stops)
    {
        if (stops.Count > MostStops)
        {
            return ("stop", FormattableString.Invariant($"holds {stops.Count} strings; at most {MostStops} are accepted"));
        }

        return stops.Any(stop => stop.Length is 0 or > LongestStop)
            ? ("stop", FormattableString.Invariant($"holds a string that is empty or longer than {LongestStop} characters"))
            : null;
    }
}
