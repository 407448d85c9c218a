using ChaosBench.Server.Embeddings;

namespace ChaosBench.Server.Http;

/// <summary>What a caller is told when there is no answer; written in OpenAI's shape.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Machine-readable: <c>context_length_exceeded</c>.</param>
/// <param name="Param">The field at fault, <c>messages[2].content</c>; null when it is none.</param>
/// <param name="Message">What is wrong and what would be right. Never quotes the caller's text.</param>
public sealed record ApiError(int Status, string Code, string? Param, string Message)
{
    /// <summary>With 429: when it is worth trying again.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>OpenAI's class of the error, which follows from the status.</summary>
    public string Type => Status switch
    {
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    /// <summary>The error that a generation ended with; null when it completed.</summary>
    public static ApiError? Of(GenerationResult result) => StatusOf(result.Status, result.ErrorCode) is { } status
        ? new ApiError(status, result.ErrorCode ?? "internal_error", null, result.Error ?? "The generation failed.")
        {
            RetryAfterSeconds = result.RetryAfterSeconds,
        }
        : null;

    /// <summary>The same of a request to an encoder; its inputs are the field <c>input</c>.</summary>
    public static ApiError? Of(EncoderResult result)
    {
        if (StatusOf(result.Status, result.ErrorCode) is not { } status)
        {
            return null;
        }

        var param = result.ErrorInput is { } index ? FormattableString.Invariant($"input[{index}]") : null;
        var message = result.Error ?? "The request failed.";
        return new ApiError(status, result.ErrorCode ?? "internal_error", param, param is null ? message : $"{param} {message}")
        {
            RetryAfterSeconds = result.RetryAfterSeconds,
        };
    }

    private static int? StatusOf(GenerationStatus status, string? code) => status switch
    {
        GenerationStatus.Completed => null,
        GenerationStatus.BadRequest => 400,
        GenerationStatus.Overloaded => 429,
        GenerationStatus.Failed when code is "unavailable" or "dependency_unavailable" => 503,
        GenerationStatus.Failed or GenerationStatus.ReplicaLost => 500,
        GenerationStatus.Cancelled => 499,
        GenerationStatus.DeadlineExceeded => 504,
        _ => throw new System.Diagnostics.UnreachableException(status.ToString()),
    };

    internal static ApiError Bad(string? param, string message, string code = "invalid_value") => new(400, code, param, message);
}
