using System.Diagnostics.CodeAnalysis;

namespace ChaosBench.Server.Http;

/// <summary>A request body that was understood.</summary>
/// <param name="Choices">Answers that are wanted, at least 1.</param>
/// <param name="Stream">The answer is wanted as server-sent events.</param>
/// <param name="IncludeUsage">A last event with token counts is wanted.</param>
public sealed record ParsedRequest(GenerationRequest Request, int Choices, bool Stream, bool IncludeUsage)
{
    /// <summary>Every event says how many tokens there are so far; as in vLLM only together with the last event of counts.</summary>
    public bool ContinuousUsage { get; init; }

    /// <summary>As written; a server with one model answers for any name. Null when absent.</summary>
    public string? Model { get; init; }

    /// <summary>Whom the request is made for; null when absent. Requests of one user stay on one version.</summary>
    public string? User { get; init; }

    /// <summary>What the body does not say; the request holds OpenAI's values there.</summary>
    public SamplingFields Open { get; init; }

    /// <summary>The same with a model's values for what the body does not say.</summary>
    public ParsedRequest With(GenerationDefaults defaults) => this with { Request = defaults.Of(Open, Request), Open = SamplingFields.None };

    /// <summary>Messages rather than a raw prompt.</summary>
    public bool Chat => Request.Prompt is null;
}

/// <summary>Either the request or what is wrong with it.</summary>
public sealed record ParseResult
{
    private ParseResult(ParsedRequest? parsed, ApiError? error)
    {
        Parsed = parsed;
        Error = error;
    }

    public ParsedRequest? Parsed { get; }

    public ApiError? Error { get; }

    [MemberNotNullWhen(true, nameof(Parsed))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool Ok => Parsed is not null;

    internal static ParseResult Of(ParsedRequest parsed) => new(parsed, null);

    internal static ParseResult Of(ApiError error) => new(null, error);
}
