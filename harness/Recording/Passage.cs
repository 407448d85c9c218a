using System.Buffers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ChaosBench.Harness.Recording;

/// <summary>Takes requests to the one upstream and its replies back, byte for byte and at once, and keeps what is to be recorded.</summary>
internal sealed class Passage : IDisposable
{
    private const int BufferBytes = 16 * 1024;

    /// <summary>What all exchanges that are on their way hold together: past it requests pass and are not recorded.</summary>
    private const long HeldBytes = 512L << 20;

    private readonly RecordingOptions _options;
    private readonly TraceRecorder _recorder;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly MemoryBudget _budget = new(HeldBytes);
    private readonly HttpMessageInvoker _upstream;
    private readonly string _origin;

    public Passage(RecordingOptions options, TraceRecorder recorder, TimeProvider time)
    {
        (_options, _recorder, _time, _start) = (options, recorder, time, time.GetTimestamp());
        _origin = options.Upstream.GetLeftPart(UriPartial.Authority);
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            ResponseHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        };
        handler.SslOptions = Tls(options);
        _upstream = new HttpMessageInvoker(handler);
    }

    private long Now => _time.GetElapsedTime(_start).Ticks * 100;

    public async Task TakeAsync(HttpContext context)
    {
        var (number, at, request) = (_recorder.NextNumber(), Now, context.Request);
        var session = request.Headers[_options.SessionHeader].ToString() is { Length: > 0 and <= 256 } named ? named : null;
        if (!HttpMethods.IsPost(request.Method))
        {
            _recorder.Counts.Add(Passed.NoModelCall);
            await SendAsync(context, NewRequest(context, Body(context, [])), null, null).ConfigureAwait(false);
        }
        else if (!_recorder.IsSampled(number, session))
        {
            _recorder.Counts.Add(Passed.NotSampled);
            await SendAsync(context, NewRequest(context, Body(context, [])), null, null).ConfigureAwait(false);
        }
        else
        {
            await TakeAsync(context, new Exchange(number, at) { Session = session, Secrets = Headers.Secrets(request.Headers) }).ConfigureAwait(false);
        }
    }

    public void Dispose() => _upstream.Dispose();

    private async Task TakeAsync(HttpContext context, Exchange exchange)
    {
        var place = _recorder.Enter(exchange.Session, exchange.At);
        using var asked = new KeptBytes(_options.MaxBodyBytes, _budget);
        using var answered = new KeptBytes(_options.MaxBodyBytes, _budget);
        try
        {
            var beyond = await ReadAsync(context, asked).ConfigureAwait(false);
            exchange.Body = asked.Text(context.Request.Headers.ContentEncoding);
            await SendAsync(context, NewRequest(context, Body(context, [asked.Bytes, beyond])), exchange, answered).ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or BadHttpRequestException)
        {
            // The client left while it was still asking.
            exchange.CutShort = true;
        }

        exchange.EndedAt = Now;
        exchange.Reply = answered.Text(context.Response.Headers.ContentEncoding);
        _recorder.Counts.Add(_recorder.Keep(exchange, place));
    }

    /// <returns>What was read and is not kept; empty when all of it is.</returns>
    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, KeptBytes asked)
    {
        var buffer = new byte[BufferBytes];
        for (int length; (length = await context.Request.Body.ReadAsync(buffer, context.RequestAborted).ConfigureAwait(false)) > 0;)
        {
            if (!asked.TryAdd(buffer.AsSpan(0, length)))
            {
                return buffer.AsMemory(0, length);
            }
        }

        return default;
    }

    private static ThroughContent? Body(HttpContext context, IReadOnlyList<ReadOnlyMemory<byte>> read) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true
            ? new ThroughContent(read, context.Request.Body, context.Request.ContentLength) : null;

    private HttpRequestMessage NewRequest(HttpContext context, HttpContent? body)
    {
        // The target as it came, behind the one origin: it begins with a slash, so that nothing in it is a host.
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var message = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri(_origin + target))
        {
            Version = System.Net.HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = body,
        };
        Headers.ToUpstream(context.Request.Headers, message);
        return message;
    }

    private async Task SendAsync(HttpContext context, HttpRequestMessage message, Exchange? exchange, KeptBytes? answered)
    {
        using var request = message;
        var left = context.RequestAborted;
        try
        {
            using var reply = await _upstream.SendAsync(request, left).ConfigureAwait(false);
            exchange?.Status = (int)reply.StatusCode;
            await ReturnAsync(context, reply, answered).ConfigureAwait(false);
        }
        catch (Exception trouble) when (trouble is HttpRequestException or OperationCanceledException or IOException)
        {
            exchange?.CutShort = true;
            if (context.Response.HasStarted || left.IsCancellationRequested)
            {
                // The client must not take a part for the whole.
                context.Abort();
                return;
            }

            var why = (trouble as HttpRequestException)?.HttpRequestError.ToString() ?? trouble.GetType().Name;
            await RecordingFront.RefuseAsync(context, StatusCodes.Status502BadGateway, $"the upstream {_origin} cannot be asked ({why}); start it, or check --upstream").ConfigureAwait(false);
        }
    }

    private static async Task ReturnAsync(HttpContext context, HttpResponseMessage reply, KeptBytes? answered)
    {
        var left = context.RequestAborted;
        context.Response.StatusCode = (int)reply.StatusCode;
        Headers.ToClient(reply, context.Response);
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await context.Response.StartAsync(left).ConfigureAwait(false);
        await using var body = await reply.Content.ReadAsStreamAsync(left).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (int length; (length = await body.ReadAsync(buffer, left).ConfigureAwait(false)) > 0;)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, length), left).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(left).ConfigureAwait(false);
                answered?.TryAdd(buffer.AsSpan(0, length));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static SslClientAuthenticationOptions Tls(RecordingOptions options)
    {
        var tls = new SslClientAuthenticationOptions();
        if (options.Authorities is { } authorities)
        {
            tls.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            tls.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        if (options.ClientCertificate is { } own)
        {
            tls.ClientCertificates = [own];
        }

        return tls;
    }
}
