using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ChaosBench.Chaos;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios.Files;
using ChaosBench.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChaosBench.Harness.Control;

/// <summary>
/// The proxy's admin API: a loopback port of its own, a token for each run, POST for whatever changes something.
/// <code>
/// GET  /v1/faults          what is set, until when, whom it met
/// POST /v1/faults          one fault, or { "faults": [ ... ] }, as in a scenario file; for: is its time to live, 60 s without
/// POST /v1/faults/clear    { "id": "..." }, or {} for all
/// GET  /v1/events?after=N  what happened since event N
/// </code>
/// </summary>
internal sealed class AdminFace : IAsyncDisposable
{
    /// <summary>Life of a fault that says nothing: whoever set it may never come back.</summary>
    public static readonly TimeSpan DefaultLife = TimeSpan.FromSeconds(60);

    private const int MaxBodyBytes = 64 * 1024;
    private const int MostEvents = 1_000;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        // Read by programs and in terminals, never inside HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly WebApplication _application;
    private readonly FaultDesk _desk;
    private readonly EventFeed _feed;

    private AdminFace(FaultDesk desk, EventFeed feed, int port, string token, TimeProvider time)
    {
        (_desk, _feed) = (desk, feed);
        _application = BareHost.CreateLoopback(port, MaxBodyBytes, maxConnections: 32).Build();
        var guard = new AdminGuard(SHA256.HashData(Encoding.UTF8.GetBytes(token)), time);
        _application.Use(guard.InvokeAsync);
        _application.UseRouting();
        _application.MapGet("/v1/faults", ListAsync);
        _application.MapPost("/v1/faults", SetAsync);
        _application.MapPost("/v1/faults/clear", ClearAsync);
        _application.MapGet("/v1/events", EventsAsync);
    }

    public Uri BaseAddress => BareHost.AddressOf(_application);

    /// <exception cref="IOException">The port cannot be listened on.</exception>
    public static async Task<AdminFace> StartAsync(FaultDesk desk, EventFeed feed, int port, string token, TimeProvider time)
    {
        var face = new AdminFace(desk, feed, port, token, time);
        try
        {
            await face._application.StartAsync().ConfigureAwait(false);
            return face;
        }
        catch (IOException problem)
        {
            await face.DisposeAsync().ConfigureAwait(false);
            throw new IOException($"--admin-port {port} cannot be listened on ({problem.Message}); choose another, or 0 for any free one.", problem);
        }
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private Task ListAsync(HttpContext context) => WriteAsync(context, 200, new { faults = _desk.All.Select(Row) });

    private async Task SetAsync(HttpContext context)
    {
        var (faults, problems) = FaultFile.Read("body", await BodyAsync(context).ConfigureAwait(false), ProxyFaults.Catalogue);
        if (problems.Count > 0)
        {
            await RefuseAsync(context, [.. problems.Select(problem => problem.ToString())]).ConfigureAwait(false);
            return;
        }

        try
        {
            await WriteAsync(context, 200, new { faults = _desk.Set(faults, DefaultLife).Select(Row) }).ConfigureAwait(false);
        }
        catch (FaultRefusedException refusal)
        {
            await RefuseAsync(context, [refusal.Message]).ConfigureAwait(false);
        }
    }

    private async Task ClearAsync(HttpContext context)
    {
        string? id;
        try
        {
            using var body = JsonDocument.Parse(await BodyAsync(context).ConfigureAwait(false) is { Length: > 0 } bytes ? bytes : "{}"u8.ToArray());
            id = body.RootElement.TryGetProperty("id", out var name) ? name.GetString() : null;
        }
        catch (Exception flaw) when (flaw is JsonException or InvalidOperationException)
        {
            await RefuseAsync(context, ["the body is no JSON object with an id; send { \"id\": \"stream.cut-1\" }, or {} to clear all"]).ConfigureAwait(false);
            return;
        }

        var cleared = _desk.Clear(id);
        await (cleared == 0 && id is not null
            ? RefuseAsync(context, [$"no fault '{id}' is set; {Nearest.Remedy(id, [.. _desk.All.Select(placed => placed.Fault.Planned.Fault.Id)])}"], 404)
            : WriteAsync(context, 200, new { cleared })).ConfigureAwait(false);
    }

    private Task EventsAsync(HttpContext context)
    {
        var after = long.TryParse(context.Request.Query["after"], out var number) ? number : 0;
        var events = _feed.After(after, MostEvents);
        return WriteAsync(context, 200, new
        {
            events,
            next = events.Count > 0 ? events[^1].Number : after,
            lost = events.Count > 0 ? events[0].Number - after - 1 : 0,
        });
    }

    private object Row(FaultDesk.Placed placed)
    {
        var fault = placed.Fault.Planned.Fault;
        return new { id = fault.Id, fault = fault.Kind, share = fault.Share.Value, with = fault.With, start = placed.Start, end = placed.End, met = _feed.CountsOf(fault.Id) };
    }

    private static async Task<byte[]> BodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        return body.ToArray();
    }

    private static Task RefuseAsync(HttpContext context, IReadOnlyList<string> problems, int status = 400) =>
        WriteAsync(context, status, new { error = new { message = string.Join('\n', problems.Select(line => Printable.Line(line))), problems } });

    internal static Task WriteAsync(HttpContext context, int status, object body)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(body, Json);
    }
}
