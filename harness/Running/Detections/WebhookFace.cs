using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChaosBench.Harness.Control;
using ChaosBench.Scenarios.Model;
using ChaosBench.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChaosBench.Harness.Running.Detections;

/// <summary>
/// The port on which alerting and pipelines tell a run what they did: loopback, a token of the run, POST.
/// <code>
/// POST /v1/detections/NAME   {}, { "what": "...", "fault": "ID" }, or what Alertmanager sends
/// </code>
/// </summary>
internal sealed class WebhookFace : IAsyncDisposable
{
    private const int MaxBodyBytes = 64 * 1024;
    private const int LongestWord = 64;

    private readonly WebApplication _application;
    private readonly IReadOnlyDictionary<string, DetectionSource> _sources;
    private readonly DetectionDesk _desk;

    private WebhookFace(int port, string token, IReadOnlyDictionary<string, DetectionSource> sources, DetectionDesk desk, TimeProvider time)
    {
        (_sources, _desk) = (sources, desk);
        _application = BareHost.CreateLoopback(port, MaxBodyBytes, maxConnections: 32).Build();
        _application.Use(new AdminGuard(SHA256.HashData(Encoding.UTF8.GetBytes(token)), time).InvokeAsync);
        _application.UseRouting();
        _application.MapPost("/v1/detections/{name}", HearAsync);
    }

    public Uri BaseAddress => BareHost.AddressOf(_application);

    /// <exception cref="IOException">The port cannot be listened on.</exception>
    public static async Task<WebhookFace> StartAsync(
        int port, string token, IEnumerable<DetectionSource> sources, DetectionDesk desk, TimeProvider time)
    {
        var face = new WebhookFace(port, token, sources.ToDictionary(source => source.Name, StringComparer.Ordinal), desk, time);
        try
        {
            await face._application.StartAsync().ConfigureAwait(false);
            return face;
        }
        catch
        {
            await face.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task HearAsync(HttpContext context)
    {
        if (!_sources.TryGetValue((string)context.Request.RouteValues["name"]!, out var source))
        {
            await AdminFace.WriteAsync(context, 404, new { error = new { message = $"the scenario declares {string.Join(", ", _sources.Keys)}" } }).ConfigureAwait(false);
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        if (Read(body.ToArray()) is not { } told)
        {
            await AdminFace.WriteAsync(context, 400, new { error = new { message = "the body is no JSON object; send {} or { \"what\": \"...\" }" } }).ConfigureAwait(false);
            return;
        }

        var written = _desk.Call(source, told.What, told.Fault);
        await AdminFace.WriteAsync(context, written ? 202 : 429, new { heard = written }).ConfigureAwait(false);
    }

    /// <summary>Ours, or the relevant part of what Alertmanager sends. Null: neither.</summary>
    internal static (string What, string? Fault)? Read(byte[] body)
    {
        try
        {
            using var told = JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body, new JsonDocumentOptions { MaxDepth = 16 });
            var root = told.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var what = Text(root, "status") == "resolved" ? "resolved"
                : Text(root, "what") ?? (root.TryGetProperty("alerts", out var alerts) && alerts.ValueKind == JsonValueKind.Array && alerts.GetArrayLength() > 0
                    && alerts[0].ValueKind == JsonValueKind.Object && alerts[0].TryGetProperty("labels", out var labels) && labels.ValueKind == JsonValueKind.Object
                    ? Text(labels, "alertname") : null) ?? "called";
            return (Printable.Line(what, LongestWord), Text(root, "fault") is { } fault ? Printable.Line(fault, LongestWord) : null);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
