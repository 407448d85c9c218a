using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary><c>/v1/chat/completions</c> and <c>/v1/completions</c>.</summary>
internal sealed class GenerationEndpoint(ModelServer server, HttpFaceOptions options, HttpMetrics metrics, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context, bool chat)
    {
        var (body, unreadable) = await BodyReader.ReadAsync(context, options.MaxBodyBytes).ConfigureAwait(false);
        if (unreadable is not null)
        {
            await ErrorReply.WriteAsync(context, unreadable).ConfigureAwait(false);
            return;
        }

        var parsed = ChatRequestParser.Parse(body, context.TraceIdentifier, chat);
        if (!parsed.Ok)
        {
            await ErrorReply.WriteAsync(context, parsed.Error).ConfigureAwait(false);
            return;
        }

        var shape = new ReplyJson(
            chat, (chat ? "chatcmpl-" : "cmpl-") + context.TraceIdentifier, server.Identity.Name, time.GetUtcNow().ToUnixTimeSeconds());
        // A client that goes away takes its generation along.
        using var life = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        try
        {
            var result = parsed.Parsed.Stream
                ? await StreamAsync(context, parsed.Parsed, shape, life).ConfigureAwait(false)
                : await WholeAsync(context, parsed.Parsed, shape, life.Token).ConfigureAwait(false);
            metrics.Generated(result);
        }
        catch (OperationCanceledException) when (life.IsCancellationRequested)
        {
            // Gone, or too slow to be worth waiting for: nobody is left to tell.
            context.Abort();
        }
    }

    private async Task<GenerationResult> StreamAsync(
        HttpContext context, ParsedRequest parsed, ReplyJson shape, CancellationTokenSource life)
    {
        var sink = new StreamSink(life);
        var generation = GenerateAsync(parsed.Request, sink, life.Token);
        await using var reply = new StreamReply(context, shape, parsed.IncludeUsage);
        try
        {
            return await reply.SendAsync(sink, generation, life.Token).ConfigureAwait(false);
        }
        finally
        {
            // Whatever ended the reply ends the generation, and the sink outlives it.
            await life.CancelAsync().ConfigureAwait(false);
            await generation.ConfigureAwait(false);
        }
    }

    private async Task<GenerationResult> GenerateAsync(GenerationRequest request, StreamSink sink, CancellationToken cancellation)
    {
        try
        {
            return await server.GenerateAsync(request, sink, cancellation).ConfigureAwait(false);
        }
        finally
        {
            sink.Complete();
        }
    }

    private async Task<GenerationResult> WholeAsync(
        HttpContext context, ParsedRequest parsed, ReplyJson shape, CancellationToken cancellation)
    {
        var result = await server.GenerateAsync(parsed.Request, WholeSink.Instance, cancellation).ConfigureAwait(false);
        ReplyHeaders.Set(context.Response, result.Replica, result.Degraded);
        if (ApiError.Of(result) is { } error)
        {
            await ErrorReply.WriteAsync(context, error).ConfigureAwait(false);
            return result;
        }

        context.Response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter, ReplyJson.Options))
        {
            shape.Whole(json, result);
        }

        await context.Response.BodyWriter.FlushAsync(cancellation).ConfigureAwait(false);
        return result;
    }
}
