using System.Security.Cryptography;
using ChaosBench.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChaosBench.Harness.Ui;

/// <summary>
/// The web view on loopback: the runs of a folder, and where there are such, a run that lives and models to try.
/// <code>
/// GET  /  /history  /live  /try         pages          GET  /report?run=  /compare?before=&amp;after=   of run folders
/// GET  /api/runs  /api/notes  /api/history  /api/try   GET  /api/live     server-sent events
/// POST /api/note  /api/abort  /api/try                 JSON, from these pages alone
/// </code>
/// </summary>
internal sealed class UiServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly string _token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
    private readonly CancellationTokenSource _closing = new();
    private readonly RunPages _pages;

    private UiServer(UiParts parts, int port)
    {
        var builder = BareHost.CreateLoopback(port, UiReply.MaxBodyBytes, maxConnections: 64);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestLineSize = 4 * 1024);
        _application = builder.Build();
        _pages = new RunPages(parts.Shelf);
        _application.Use(new UiGuard(_token, parts.Live is null ? "/" : "/live", parts.Time).InvokeAsync);
        _application.UseRouting();
        Map(parts);
    }

    /// <summary>With the token: whoever opens it is let in.</summary>
    public Uri Address => new(BareHost.AddressOf(_application), "?token=" + _token);

    /// <exception cref="UsageException">The port cannot be listened on.</exception>
    public static async Task<UiServer> StartAsync(UiParts parts, int port)
    {
        var server = new UiServer(parts, port);
        try
        {
            await server._application.StartAsync().ConfigureAwait(false);
            return server;
        }
        catch (IOException problem)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw new UsageException($"port {port} cannot be listened on ({problem.Message}); choose another, or 0 for any free one.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Streams of events end by themselves never.
        await _closing.CancelAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _closing.Dispose();
        _pages.Dispose();
    }

    private void Map(UiParts parts)
    {
        var talk = new RunTalk(parts.Shelf);
        List<string> links = ["runs", "history", .. parts.Live is null ? [] : new[] { "live" }, .. parts.Try is null ? [] : new[] { "try" }];
        _application.MapGet("/assets/{name}", UiAssets.FileAsync);
        Page("/", "runs");
        Page("/history", "history");
        Get("/report", _pages.ReportAsync);
        Get("/compare", _pages.CompareAsync);
        Get("/api/runs", context => UiReply.JsonAsync(context, parts.Shelf.List()));
        Get("/api/history", context => UiReply.JsonAsync(context, parts.Shelf.History()));
        Get("/api/notes", talk.NotesAsync);
        Post("/api/note", talk.NoteAsync);
        Post("/api/abort", talk.AbortAsync);
        if (parts.Live is { } live)
        {
            var stream = new LiveStream(live, parts.Time, _closing.Token);
            Page("/live", "live");
            Get("/api/live", stream.ServeAsync);
        }

        if (parts.Try is { } desk)
        {
            Page("/try", "try");
            Get("/api/try", context => UiReply.JsonAsync(context, desk.About));
            Post("/api/try", desk.AnswerAsync);
        }

        void Page(string path, string name) => Get(path, context => UiReply.HtmlAsync(context, UiReply.PagePolicy, UiAssets.Page(name, links)));
        void Get(string path, RequestDelegate act) => _application.MapGet(path, act);
        void Post(string path, RequestDelegate act) => _application.MapPost(path, act);
    }
}

/// <summary>What the server shows.</summary>
/// <param name="Live">Null: no run lives in this process.</param>
/// <param name="Try">Null: no models are loaded.</param>
internal sealed record UiParts(RunShelf Shelf, LiveFeed? Live, TryDesk? Try, TimeProvider Time);
