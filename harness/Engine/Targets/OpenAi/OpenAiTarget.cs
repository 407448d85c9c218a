using System.Buffers;
using System.Net.Http.Headers;
using ChaosBench.Engine.Loops;
using ChaosBench.Engine.Targets.Http;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>
/// Any endpoint with <c>/chat/completions</c> or <c>/completions</c>, streaming or not. Nothing is sent twice: a request that
/// fails is an outcome. No secret of the settings reaches a reason, a fact or a message.
/// </summary>
public sealed class OpenAiTarget : ILoopTarget, IDisposable
{
    private readonly OpenAiSettings _settings;
    private readonly Secrets _secrets;
    private readonly BudgetMeter _budget;
    private readonly RetryAfterGate _gate;
    private readonly HttpMessageInvoker _http;
    private readonly Uri _endpoint;
    private readonly HostEndpoints _host;
    private readonly LoopParts _parts;
    private readonly Lazy<LoopCaller> _caller;

    /// <exception cref="TargetUnavailableException">URL or certificate files that cannot be used.</exception>
    public OpenAiTarget(OpenAiSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!settings.Url.IsAbsoluteUri || settings.Url.Scheme is not ("http" or "https"))
        {
            throw new TargetUnavailableException($"target '{settings.Name}': url must be absolute, like http://127.0.0.1:8000/v1");
        }

        _settings = settings;
        _secrets = new Secrets(settings);
        _budget = new BudgetMeter(settings.Budget);
        _gate = new RetryAfterGate(settings.RetryAfter, settings.Time);
        _endpoint = Endpoint(settings.Api == OpenAiApi.Chat ? "chat/completions" : "completions");
        _http = HttpStack.Create(settings, TlsSettings.Of(settings));
        _host = new HostEndpoints(_endpoint, TimeProvider.System);
        _parts = new LoopParts(settings, new RequestWriter(settings, _endpoint), _host, _budget, _gate, _secrets)
        {
            Secure = _endpoint.Scheme == Uri.UriSchemeHttps ? TlsSettings.Named(settings) : null,
        };
        _caller = new Lazy<LoopCaller>(() => new LoopCaller(this, _gate, _host));
    }

    bool ILoopTarget.RunsOnLoops => _settings.Transport != HttpTransport.SocketsHandler
        && _settings.Proxy is null && Posix.IsSupported;

    public string Name => _settings.Name;

    /// <summary>The URL without user, password and query.</summary>
    private string Location => _settings.Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>Asks for the list of models. Any HTTP answer means that the host is there; what it says goes into the facts.</summary>
    public async Task<TargetIdentity> StartAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_settings.ConnectTimeout, _settings.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Endpoint("models"));
            HttpStack.AddHeaders(request.Headers, _settings);
            using var response = await _http.SendAsync(request, both.Token).ConfigureAwait(false);
            await _host.EnsureAsync(both.Token).ConfigureAwait(false);
            var facts = await ServerFacts.ReadAsync(response, _settings, both.Token).ConfigureAwait(false);
            return new TargetIdentity(
                Name, "openai", Location, facts.ToDictionary(fact => fact.Key, fact => OneLine.Of(_secrets.Scrub(fact.Value))));
        }
        catch (Exception problem) when (FailureMap.IsFailure(problem) && !cancellation.IsCancellationRequested)
        {
            var why = limit.IsCancellationRequested
                ? FormattableString.Invariant($"no answer within {_settings.ConnectTimeout.TotalSeconds:0.###} s")
                : OneLine.Of(_secrets.Scrub(FailureMap.Map(problem, replyBegan: false).Reason));

            // Without the inner exception: its text may hold what was scrubbed here.
            throw new TargetUnavailableException($"target '{Name}' at {Location}: {why}; is it running, and is the URL right?");
        }
    }

    /// <summary>The <c>Date</c> of one small answer. Null: the host sends none, or does not answer.</summary>
    public async Task<DateTimeOffset?> DateAsync(CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(_settings.ConnectTimeout, _settings.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Endpoint("models"));
            HttpStack.AddHeaders(request.Headers, _settings);
            using var response = await _http.SendAsync(request, both.Token).ConfigureAwait(false);
            return response.Headers.Date;
        }
        catch (Exception problem) when (FailureMap.IsFailure(problem) && !cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    public async Task<Response> SendAsync(Arrival arrival, IResponseSink sink, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(arrival);
        ArgumentNullException.ThrowIfNull(sink);
        if (((ILoopTarget)this).RunsOnLoops)
        {
            return await _caller.Value.SendAsync(arrival, sink, cancellation).ConfigureAwait(false);
        }

        if (await _gate.PassAsync(cancellation).ConfigureAwait(false) is { } heldBack)
        {
            return heldBack;
        }

        if (_budget.TryTake() is { } spent)
        {
            return new Response { Outcome = Outcome.NotSent, Reason = spent };
        }

        var body = Body(arrival);
        var reader = new ReplyReader(_settings.CountsTokens);
        using var request = Request(arrival, body);
        sink.Sent();
        var response = await ExchangeAsync(request, arrival.Sampling.Stream, sink, reader, cancellation).ConfigureAwait(false);
        if (reader.IsSuccess)
        {
            var reply = reader.Reply;
            _budget.Spend(reply.InputTokens, reply.OutputTokens ?? reply.TokenEvents, body.Length);
        }

        // A server may repeat what it was sent, the key included, in its error codes.
        return response with { Reason = Scrub(response.Reason), FinishReason = Scrub(response.FinishReason) };
    }

    private string? Scrub(string? text) => text is null ? null : _secrets.Scrub(text);

    ILoopSession ILoopTarget.Open(EventLoop loop, int share) => new LoopSession(_parts, loop, share);

    public void Dispose()
    {
        _http.Dispose();
        if (_caller.IsValueCreated)
        {
            _caller.Value.Dispose();
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Response> ExchangeAsync(
        HttpRequestMessage request, bool stream, IResponseSink sink, ReplyReader reader, CancellationToken cancellation)
    {
        Exchange? exchange = null;
        double? retryAfter = null;
        try
        {
            using var message = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            exchange = new Exchange(message, sink, reader);
            retryAfter = _gate.Read(message.Headers.RetryAfter);
            var response = await exchange.ReadAsync(stream, cancellation).ConfigureAwait(false);
            return response with { RetryAfterSeconds = retryAfter };
        }
        catch (Exception problem) when (FailureMap.IsFailure(problem))
        {
            var (outcome, reason) = cancellation.IsCancellationRequested
                ? (Outcome.Cancelled, null)
                : Explain(problem, exchange is not null);
            var response = exchange?.Ended(outcome, reason) ?? new Response { Outcome = outcome, Reason = reason };
            return response with { RetryAfterSeconds = retryAfter };
        }
    }

    private (Outcome Outcome, string? Reason) Explain(Exception problem, bool replyBegan)
    {
        var failure = FailureMap.Map(problem, replyBegan);
        return (failure.Outcome, OneLine.Of(_secrets.Scrub(failure.Reason)));
    }

    private HttpRequestMessage Request(Arrival arrival, ReadOnlyMemory<byte> body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        HttpStack.AddHeaders(request.Headers, _settings);

        // Lets the operator of the endpoint find a request of the journal in the logs over there.
        request.Headers.TryAddWithoutValidation("x-request-id", arrival.RequestId);
        if (_settings.Traces is { } traces)
        {
            request.Headers.Remove("traceparent");
            request.Headers.TryAddWithoutValidation("traceparent", traces.Header(arrival.Continues ?? arrival.Index, arrival.Index, arrival.Attempt));
        }

        return request;
    }

    private ReadOnlyMemory<byte> Body(Arrival arrival)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        RequestWriter.WriteBody(arrival, _settings, body);
        return body.WrittenMemory;
    }

    private Uri Endpoint(string path) => Endpoint(_settings, path);

    internal static Uri Endpoint(OpenAiSettings settings, string path)
    {
        var query = settings.Url.Query;
        if (settings.ApiVersion is { } version)
        {
            query = $"{(query.Length == 0 ? "?" : query + "&")}api-version={Uri.EscapeDataString(version)}";
        }

        return new UriBuilder(settings.Url)
        {
            UserName = "",
            Password = "",
            Path = $"{settings.Url.AbsolutePath.TrimEnd('/')}/{path}",
            Query = query,
            Fragment = "",
        }.Uri;
    }
}
