using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>http.500</c>, <c>http.502</c>, <c>http.503</c> and <c>http.504</c>: the endpoint, or what stands in front of it, has failed.</summary>
internal sealed class HttpStatus(PlannedFault planned, int status) : AnswerFault(planned)
{
    private static readonly FaultParameter Body =
        new("body", "text", "json", "json: an error of the API; html: a gateway's page; empty: nothing.") { Choices = ["json", "html", "empty"] };

    private static readonly Dictionary<int, string> Reasons = new()
    {
        [500] = "Internal Server Error", [502] = "Bad Gateway", [503] = "Service Unavailable", [504] = "Gateway Timeout",
    };

    public static FaultKind Kind500 { get; } = Of(500, "The endpoint answers 500: it has failed.");

    public static FaultKind Kind502 { get; } = Of(502, "The endpoint answers 502: what stands behind it gave no answer that could be used.");

    public static FaultKind Kind503 { get; } = Of(503, "The endpoint answers 503: it cannot serve now.");

    public static FaultKind Kind504 { get; } = Of(504, "The endpoint answers 504: what stands behind it did not answer in time.");

    public override async ValueTask<Flow> AnswerAsync(Exchange exchange)
    {
        var line = FormattableString.Invariant($"{status} {Reasons[status]}");
        switch (Body.TextOf(Planned.Fault))
        {
            case "json":
                await OwnReply.ErrorAsync(exchange.Client, exchange.Head, line, Reasons[status], "server_error/injected").ConfigureAwait(false);
                break;
            case "html":
                await OwnReply.SendAsync(
                    exchange.Client, exchange.Head, line, "text/html", $"<html><body><h1>{line}</h1></body></html>").ConfigureAwait(false);
                break;
            default:
                await OwnReply.SendAsync(exchange.Client, exchange.Head, line, "text/plain", "").ConfigureAwait(false);
                break;
        }

        return Flow.Continue;
    }

    private static FaultKind Of(int status, string summary) => ProxyKind.Http(
        FormattableString.Invariant($"http.{status}"), summary,
        "What may be repeated is, within a budget; a breaker opens; a page of HTML does not crash the parser.", ", with: { body: html }", Body);
}
