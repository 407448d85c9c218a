using System.Diagnostics.CodeAnalysis;

namespace ChaosBench.Server.Http;

/// <summary>A request body that was understood.</summary>
/// <param name="Choices">Answers that are wanted, at least 1.</param>
/// <param name="Stream">The answer is wanted as server-sent events.</param>
/// <param name="IncludeUsage">A last event with token counts is wanted.</param>
/// <param name="Model">As written; this server has one model and answers for any name. Null when absent.</param>
public sealed record ParsedRequest(GenerationRequest Request, int Choices, bool Stream, bool IncludeUsage, string? Model);

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
