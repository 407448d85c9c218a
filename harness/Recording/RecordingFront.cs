using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ChaosBench.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ChaosBench.Harness.Recording;

/// <summary>
/// Where clients ask instead of the upstream. Without a key of its own, because clients bring the upstream's; on loopback a Host header that
/// names something else is refused, and so are pages of other origins: no web page reaches the upstream through a recorder.
/// </summary>
internal sealed class RecordingFront : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly string[] Own = ["127.0.0.1", "localhost", "[::1]"];

    private readonly WebApplication _application;
    private readonly Passage _passage;
    private readonly RecordingCounts _counts;
    private readonly bool _isLoopback;

    private RecordingFront(RecordingOptions options, TraceRecorder recorder, TimeProvider time)
    {
        _passage = new Passage(options, recorder, time);
        _counts = recorder.Counts;
        _isLoopback = IPAddress.IsLoopback(options.Listen.Address);
        _application = BareHost.Create(kestrel =>
        {
            kestrel.AllowSynchronousIO = false;
            kestrel.Limits.MaxRequestBodySize = null; // passes in pieces, whatever its size
            kestrel.Limits.MaxConcurrentConnections = 4_096;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(30);
            kestrel.ResponseHeaderEncodingSelector = _ => Encoding.UTF8;
            kestrel.Listen(options.Listen, listen => listen.Protocols = HttpProtocols.Http1);
        }).Build();
        _application.Run(TakeAsync);
    }

    public Uri BaseAddress => BareHost.AddressOf(_application);

    /// <exception cref="IOException">The port cannot be listened on.</exception>
    public static async Task<RecordingFront> StartAsync(RecordingOptions options, TraceRecorder recorder, TimeProvider time)
    {
        var front = new RecordingFront(options, recorder, time);
        try
        {
            await front._application.StartAsync().ConfigureAwait(false);
            return front;
        }
        catch (IOException problem)
        {
            await front.DisposeAsync().ConfigureAwait(false);
            throw new IOException($"--listen {options.Listen} cannot be listened on ({problem.Message}); choose another port, or 0 for any free one.", problem);
        }
    }

    public static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(new { error = new { message = $"chaosbench record: {why}", type = "recorder" } }, Json));
    }

    /// <summary>Waits a little for what is on its way, then cuts it.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(Grace, TimeProvider.System);
        await _application.StopAsync(limit.Token).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _passage.Dispose();
    }

    private Task TakeAsync(HttpContext context)
    {
        if (Refusal(context) is not var (status, why))
        {
            return _passage.TakeAsync(context);
        }

        _counts.Add(Passed.Refused);
        return RefuseAsync(context, status, why);
    }

    private (int Status, string Why)? Refusal(HttpContext context)
    {
        var request = context.Request;
        List<string> own = [.. Own.Select(host => $"{host}:{context.Connection.LocalPort}")];
        return HttpMethods.IsConnect(request.Method) ? (StatusCodes.Status405MethodNotAllowed, "CONNECT is refused: this is no forward proxy; ask it for /v1/... in place of the upstream")
            : context.Features.Get<IHttpRequestFeature>()!.RawTarget is not ['/', ..] ? (StatusCodes.Status400BadRequest, "the target must be a path such as /v1/chat/completions: this is no forward proxy")
            : request.Headers.Upgrade.Count > 0 || context.WebSockets.IsWebSocketRequest ? (StatusCodes.Status501NotImplemented, "WebSockets and other upgrades cannot be recorded; ask the upstream itself")
            : _isLoopback && !own.Contains(request.Host.ToString()) ? (StatusCodes.Status403Forbidden, $"the Host header must be {own[0]}")
            : IsForeign(request, own) ? (StatusCodes.Status403Forbidden, "requests of web pages of other origins are refused")
            : null;
    }

    private static bool IsForeign(HttpRequest request, List<string> own) =>
        (request.Headers.Origin.ToString() is { Length: > 0 } origin && !own.Exists(host => origin == $"http://{host}"))
        || request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } and not ("same-origin" or "none");
}
