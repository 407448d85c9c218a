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
            var results = parsed.Parsed.Stream
                ? await StreamAsync(context, parsed.Parsed, shape, life).ConfigureAwait(false)
                : await WholeAsync(context, parsed.Parsed, shape, life.Token).ConfigureAwait(false);
            Array.ForEach(results, metrics.Generated);
        }
        catch (OperationCanceledException) when (life.IsCancellationRequested)
        {
            // Gone, or too slow to be worth waiting for: nobody is left to tell.
            context.Abort();
        }
    }

    private async Task<GenerationResult[]> StreamAsync(
        HttpContext context, ParsedRequest parsed, ReplyJson shape, CancellationTokenSource life)
    {
        var channel = new StreamChannel(life);
        var generations = GenerateAsync(parsed, channel, life.Token);
        await using var reply = new StreamReply(context, shape, parsed);
        try
        {
            return await reply.SendAsync(channel, generations, life.Token).ConfigureAwait(false);
        }
        finally
        {
            // Whatever ended the reply ends the generations, and the channel outlives them.
            await life.CancelAsync().ConfigureAwait(false);
            await generations.ConfigureAwait(false);
        }
    }

    private async Task<GenerationResult[]> GenerateAsync(ParsedRequest parsed, StreamChannel channel, CancellationToken cancellation)
    {
        try
        {
            return await new Choices(server, parsed).GenerateAsync(channel.SinkOf, cancellation).ConfigureAwait(false);
        }
        finally
        {
            channel.Complete();
        }
    }

    private async Task<GenerationResult[]> WholeAsync(
        HttpContext context, ParsedRequest parsed, ReplyJson shape, CancellationToken cancellation)
    {
        var results = await new Choices(server, parsed).GenerateAsync(_ => WholeSink.Instance, cancellation).ConfigureAwait(false);
        ReplyHeaders.Set(context.Response, results[0].Replica, results[0].Degraded);
        if (Choices.ErrorOf(results) is { } error)
        {
            await ErrorReply.WriteAsync(context, error).ConfigureAwait(false);
            return results;
        }

        context.Response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter, ReplyJson.Options))
        {
            shape.Whole(json, results);
        }

        await context.Response.BodyWriter.FlushAsync(cancellation).ConfigureAwait(false);
        return results;
    }
}
