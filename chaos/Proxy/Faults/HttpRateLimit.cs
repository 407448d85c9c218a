using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>http.429</c>: too many requests, says the endpoint.</summary>
internal sealed class HttpRateLimit(PlannedFault planned) : AnswerFault(planned)
{
    private static readonly FaultParameter RetryAfter =
        new("retryAfter", "duration", "1s", "What Retry-After asks for, in whole seconds.") { Least = "0s", Most = "24h" };
    private static readonly FaultParameter Form =
        new("form", "text", "seconds", "How Retry-After is written: in seconds, as a date, or not at all.") { Choices = ["seconds", "date", "absent"] };

    public static FaultKind Kind { get; } = ProxyKind.Http(
        "http.429", "The endpoint answers 429 with Retry-After, and does not ask the model.",
        "Retry-After is honoured, with jitter; load is shed and no storm of retries follows.", ", with: { retryAfter: 2s }", RetryAfter, Form);

    public override async ValueTask<Flow> AnswerAsync(Exchange exchange)
    {
        var wait = Math.Ceiling(RetryAfter.DurationOf(Planned.Fault).TotalSeconds);
        string[] headers = Form.TextOf(Planned.Fault) switch
        {
            "seconds" => [FormattableString.Invariant($"Retry-After: {wait:0}")],
            "date" => [FormattableString.Invariant($"Retry-After: {exchange.Time.GetUtcNow().AddSeconds(wait):R}")],
            "absent" => [],
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        await OwnReply.ErrorAsync(
            exchange.Client, exchange.Head, "429 Too Many Requests", "Rate limit reached.", "rate_limit_error/rate_limit_exceeded",
            [.. headers, "x-ratelimit-remaining-requests: 0"]).ConfigureAwait(false);
        return Flow.Continue;
    }
}
