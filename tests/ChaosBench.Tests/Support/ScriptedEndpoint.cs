using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChaosBench.Tests.Support;

/// <summary>An OpenAI-compatible endpoint on loopback that answers what it is told to.</summary>
internal sealed class ScriptedEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private ScriptedEndpoint(WebApplication app) => _app = app;

    public string Url => _app.Urls.First() + "/v1";

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Every answer, streamed token by token.</summary>
    public string Answer { get; set; } = "42";

    /// <summary>Made from the request's body; else <see cref="Answer"/>.</summary>
    public Func<string, string>? AnswerOf { get; set; }

    /// <summary>A last event with usage before the end.</summary>
    public bool Usage { get; set; }

    /// <summary>Not 200: this status and <see cref="ErrorBody"/> instead of an answer.</summary>
    public int Status { get; set; } = 200;

    /// <summary>Made from the request, so that a server can say what it should not.</summary>
    public Func<HttpRequest, string> ErrorBody { get; set; } = _ => "";

    /// <summary>Given the body of each request, if somebody wants it.</summary>
    public Action<string>? OnBody { get; set; }

    /// <summary>Given each request as it comes in, if somebody wants it.</summary>
    public Action<HttpRequest>? OnRequest { get; set; }

    /// <summary>Completes a request only when this does.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public static async Task<ScriptedEndpoint> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var endpoint = new ScriptedEndpoint(app);
        app.MapGet("/v1/models", () => Results.Json(new { data = new[] { new { id = "scripted" } } }));
        app.MapPost("/v1/chat/completions", endpoint.ReplyAsync);
        await app.StartAsync();
        return endpoint;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ReplyAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        OnRequest?.Invoke(context.Request);
        var asked = "";
        if (OnBody is not null || AnswerOf is not null)
        {
            using var body = new StreamReader(context.Request.Body);
            asked = await body.ReadToEndAsync(context.RequestAborted);
            OnBody?.Invoke(asked);
        }

        await Gate.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Response.StatusCode = Status;
        if (Status != 200)
        {
            await context.Response.WriteAsync(ErrorBody(context.Request));
            return;
        }

        context.Response.ContentType = "text/event-stream";
        foreach (var letter in AnswerOf?.Invoke(asked) ?? Answer)
        {
            await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture,
                $$$"""data: {"choices":[{"index":0,"delta":{"content":{{{System.Text.Json.JsonSerializer.Serialize(letter.ToString())}}}}}]}""") + "\n\n");
        }

        var usage = Usage ? "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":7}}\n\n" : "";
        await context.Response.WriteAsync($"data: {{\"choices\":[{{\"index\":0,\"delta\":{{}},\"finish_reason\":\"stop\"}}]}}\n\n{usage}data: [DONE]\n\n");
    }
}
