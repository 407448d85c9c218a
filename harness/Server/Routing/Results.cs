namespace ChaosBench.Server.Routing;

/// <summary>The ends of a request that no replica decides.</summary>
internal static class Results
{
    public static GenerationResult Cancelled { get; } = new()
    {
        Status = GenerationStatus.Cancelled, Error = "The request was cancelled.", ErrorCode = "cancelled",
    };

    /// <summary>The time was over before the request had a place on a replica.</summary>
    public static GenerationResult LateInQueue(TimeSpan limit) => new()
    {
        Status = GenerationStatus.DeadlineExceeded,
        Error = FormattableString.Invariant($"The request waited for its whole time of {limit.TotalMilliseconds:0} ms without being started."),
        ErrorCode = "deadline_exceeded",
    };

    /// <summary>The time was over in the middle of the answer.</summary>
    public static GenerationResult Late(GenerationResult partial, TimeSpan limit) => partial with
    {
        Status = GenerationStatus.DeadlineExceeded,
        Error = FormattableString.Invariant(
            $"The request's time of {limit.TotalMilliseconds:0} ms was over after {partial.CompletionTokens} tokens of the answer."),
        ErrorCode = "deadline_exceeded",
    };

    public static GenerationResult BadRequest(string code, string error) => new()
    {
        Status = GenerationStatus.BadRequest, Error = error, ErrorCode = code,
    };

    public static GenerationResult ContextExceeded(int tokens, int maxContext) => BadRequest(
        "context_length_exceeded",
        FormattableString.Invariant(
            $"This model's maximum context length is {maxContext} tokens, but the prompt alone has {tokens}; shorten it to at most {maxContext - 1}."));

    public static GenerationResult Overloaded(int retryAfterSeconds) => new()
    {
        Status = GenerationStatus.Overloaded,
        Error = FormattableString.Invariant($"The queue is full; try again in {retryAfterSeconds} s."),
        ErrorCode = "queue_full",
        RetryAfterSeconds = retryAfterSeconds,
    };

    public static GenerationResult Unavailable(string error) => new()
    {
        Status = GenerationStatus.Failed, Error = error, ErrorCode = "unavailable",
    };

    /// <summary>The replica gives no sign of life, so the request is taken from it.</summary>
    public static GenerationResult Silent(int replica) => new()
    {
        Status = GenerationStatus.ReplicaLost, Error = FormattableString.Invariant($"replica {replica} does not answer"), Replica = replica,
    };

    public static GenerationResult DependencyUnavailable(string? reason) =>
        Unavailable($"A dependency is unavailable: {reason}.") with { ErrorCode = "dependency_unavailable" };

    public static GenerationResult Lost(GenerationResult partial, bool midStream) => partial with
    {
        Status = GenerationStatus.Failed,
        Error = midStream ? "replica lost mid-stream" : "replica lost; so were those it failed over to",
        ErrorCode = "replica_lost",
    };
}
