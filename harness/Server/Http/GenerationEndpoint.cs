using System.Text.Json;
using ChaosBench.Server.Versions;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary><c>/v1/chat/completions</c> and <c>/v1/completions</c>.</summary>
internal sealed class GenerationEndpoint(VersionSet versions, HttpFaceOptions options, TimeProvider time)
{
    private readonly BoundedFlush _sending = new(options.WriteTimeout, time);

    public async Task HandleAsync(HttpContext context, bool chat)
    {
        var began = time.GetTimestamp();
        if (!versions.CanAny(Writes))
        {
            await ErrorReply.WriteAsync(context, ErrorReply.NoGeneration).ConfigureAwait(false);
            return;
        }

        var (body, unreadable) = await BodyReader.ReadAsync(context, options.MaxBodyBytes).ConfigureAwait(false);
        if (unreadable is not null)
        {
            await ErrorReply.WriteAsync(context, unreadable).ConfigureAwait(false);
            return;
        }

        var (timeout, unclear) = TimeoutHeader.Read(context.Request);
        if (unclear is not null)
        {
            await ErrorReply.WriteAsync(context, unclear).ConfigureAwait(false);
            return;
        }

        var parsed = ChatRequestParser.Parse(body, context.TraceIdentifier, chat);
        if (!parsed.Ok)
        {
            await ErrorReply.WriteAsync(context, parsed.Error).ConfigureAwait(false);
            return;
        }

        var session = ReplyHeaders.SessionOf(context, parsed.Parsed.User);
        var version = versions.Choose(parsed.Parsed.Model, session, Writes);
        ReplyHeaders.Set(context, version);
        if (version.Model.Server is { } server)
        {
            var defaulted = parsed.Parsed.With(server.Defaults);
            var request = defaulted with { Request = defaulted.Request with { Timeout = timeout } };
            await AnswerAsync(context, request, version, new Choices(server, request), began).ConfigureAwait(false);
        }
        else
        {
            await ErrorReply.WriteAsync(context, ErrorReply.NoGeneration).ConfigureAwait(false);
        }
    }

    private static bool Writes(FaceModel model) => model.Server is not null;

    private async Task AnswerAsync(HttpContext context, ParsedRequest parsed, ServedVersion version, Choices choices, long began)
    {
        var id = (parsed.Chat ? "chatcmpl-" : "cmpl-") + context.TraceIdentifier;
        var shape = new ReplyJson(parsed.Chat, id, version.Id, version.Fingerprint, time.GetUtcNow().ToUnixTimeSeconds());
        // A client that goes away takes its generation along.
        using var life = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        try
        {
            var results = parsed.Stream
                ? await StreamAsync(new StreamReply(context, shape, parsed, _sending)
                {
                    Begun = () => version.Metrics.FirstToken(time.GetElapsedTime(began)),
                }, choices, life).ConfigureAwait(false)
                : await WholeAsync(context, choices, shape, life.Token).ConfigureAwait(false);
            Array.ForEach(results, version.Metrics.Generated);
        }
        catch (OperationCanceledException) when (life.IsCancellationRequested)
        {
            // Gone, or too slow to be worth waiting for: nobody is left to tell.
            context.Abort();
        }
        catch (TimeoutException)
        {
            // It reads nothing; its generation is over, and the connection is not kept for it.
            context.Abort();
        }
    }

    /// <param name="reply">Disposed here.</param>
    private static async Task<GenerationResult[]> StreamAsync(StreamReply reply, Choices choices, CancellationTokenSource life)
    {
        await using var owned = reply.ConfigureAwait(false);
        var channel = new StreamChannel(life);
        var generations = GenerateAsync(choices, channel, life.Token);
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

    private static async Task<GenerationResult[]> GenerateAsync(Choices choices, StreamChannel channel, CancellationToken cancellation)
    {
        try
        {
            return await choices.GenerateAsync(channel.SinkOf, cancellation).ConfigureAwait(false);
        }
        finally
        {
            channel.Complete();
        }
    }

    private async Task<GenerationResult[]> WholeAsync(
        HttpContext context, Choices choices, ReplyJson shape, CancellationToken cancellation)
    {
        var results = await choices.GenerateAsync(_ => WholeSink.Instance, cancellation).ConfigureAwait(false);
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

        await _sending.FlushAsync(context.Response.BodyWriter, cancellation).ConfigureAwait(false);
        return results;
    }
}
