using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>http.wrong_content_type</c>, <c>http.bad_json</c> and <c>http.empty_body</c>: 200, and no answer behind it.</summary>
internal sealed class HttpWrongContent(PlannedFault planned, string type, string body) : AnswerFault(planned)
{
    private const string Response = "A typed error, or another try; never an empty answer taken for one.";

    public static FaultKind PageKind { get; } = ProxyKind.Http(
        "http.wrong_content_type", "200 with a page of text/html, as a sign-in portal or a firewall answers.", Response, "");

    public static FaultKind JsonKind { get; } = ProxyKind.Http("http.bad_json", "200 with JSON that breaks off.", Response, "");

    public static FaultKind EmptyKind { get; } = ProxyKind.Http("http.empty_body", "200 with no byte behind the head.", Response, "");

    public static HttpWrongContent Page(PlannedFault planned) => new(planned, "text/html", "<html><body>Please sign in.</body></html>");

    public static HttpWrongContent Json(PlannedFault planned) =>
        new(planned, "application/json", "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"bro");

    public static HttpWrongContent Empty(PlannedFault planned) => new(planned, "application/json", "");

    public override async ValueTask<Flow> AnswerAsync(Exchange exchange)
    {
        await OwnReply.SendAsync(exchange.Client, exchange.Head, "200 OK", type, body).ConfigureAwait(false);
        return Flow.Continue;
    }
}
