using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;

namespace ChaosBench.Harness.Telemetry;

/// <summary>
/// Posts OTLP messages to a collector. What may pass (no connection, 429, 502, 503, 504) is tried again, later each time; what will not
/// (a 400, a 401) is not. No redirect is followed and no proxy asked for, so that nothing goes where nobody sent it.
/// </summary>
internal sealed class OtlpSender : IDisposable
{
    /// <summary>Sends of one message, the first included.</summary>
    public const int Attempts = 4;

    private const int MostOfReply = 64 * 1024;

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly OtlpSettings _settings;
    private readonly TimeProvider _time;

    /// <summary>One for each signal: each may have a trust of its own.</summary>
    private readonly Dictionary<OtlpSignal, HttpClient> _clients;

    public OtlpSender(OtlpSettings settings, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        _clients = settings.Lines.ToDictionary(line => line.Key, line => Client(line.Value));
    }

    public void Dispose()
    {
        foreach (var client in _clients.Values)
        {
            client.Dispose();
        }
    }

    /// <returns>Null when the collector took it; else why it did not, in words of ours.</returns>
    public async Task<string?> SendAsync(OtlpSignal signal, byte[] message, CancellationToken cancellation)
    {
        var body = _settings.Lines[signal].Gzip ? Packed(message) : message;
        for (var attempt = 1; ; attempt++)
        {
            var (trouble, again, asked) = await TryAsync(signal, body, cancellation).ConfigureAwait(false);
            if (trouble is null || !again || attempt == Attempts)
            {
                return trouble;
            }

            var wait = FirstWait * (1 << (attempt - 1));
            await Task.Delay(asked > wait ? asked < LongestWait ? asked.Value : LongestWait : wait, _time, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<(string? Trouble, bool Again, TimeSpan? Asked)> TryAsync(OtlpSignal signal, byte[] body, CancellationToken cancellation)
    {
        var line = _settings.Lines[signal];
        using var limit = new CancellationTokenSource(line.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var request = Request(line, body);
            using var reply = await _clients[signal].SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            await DrainAsync(reply, either.Token).ConfigureAwait(false);
            return reply.IsSuccessStatusCode
                ? default
                : (FormattableString.Invariant($"it answered {(int)reply.StatusCode}"), MayPass(reply.StatusCode), reply.Headers.RetryAfter?.Delta);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (FormattableString.Invariant($"no answer within {line.Timeout.TotalSeconds:0.###} s"), true, null);
        }
        catch (HttpRequestException problem)
        {
            // Its text names addresses and may quote headers; the kind of error says enough.
            return problem.HttpRequestError == HttpRequestError.SecureConnectionError
                ? ("no connection: TLS came to nothing; is OTEL_EXPORTER_OTLP_CERTIFICATE the authority of its certificate, and does it ask for one of yours?", false, null)
                : ($"no connection ({problem.HttpRequestError})", true, null);
        }
        catch (IOException)
        {
            return ("the connection broke", true, null);
        }
    }

    private static HttpClient Client(OtlpLine line)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            MaxResponseHeadersLength = 64,
        };
        if (line.Tls is { } tls)
        {
            handler.SslOptions = tls;
        }

        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    private static HttpRequestMessage Request(OtlpLine line, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, line.Endpoint) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(line.Json ? "application/json" : "application/x-protobuf");
        if (line.Gzip)
        {
            request.Content.Headers.ContentEncoding.Add("gzip");
        }

        request.Headers.TryAddWithoutValidation("User-Agent", "chaosbench");
        foreach (var (name, value) in line.Headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static bool MayPass(HttpStatusCode status) => status is
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>So that the connection can be used again; a collector that talks on is left.</summary>
    private static async Task DrainAsync(HttpResponseMessage reply, CancellationToken cancellation)
    {
        using var stream = await reply.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var buffer = new byte[8 * 1024];
        for (var read = 0; read < MostOfReply;)
        {
            var count = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false);
            if (count == 0)
            {
                return;
            }

            read += count;
        }
    }

    private static byte[] Packed(byte[] message)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(message);
        }

        return packed.ToArray();
    }
}
