using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary>
/// One answer as server-sent events:
/// <code>
/// role (chat) > text, one event a piece > finish > usage (if asked for) > [DONE]
///                        \ lost in the middle: error, no [DONE]
/// </code>
/// Headers are held back until the first text, so that a request that fails before it gets an honest status.
/// </summary>
internal sealed class StreamReply(HttpContext context, ReplyJson shape, bool includeUsage) : IAsyncDisposable
{
    /// <summary>
    /// Characters written before a flush. The flush is where a client who does not read makes the reply wait, and the channel fill:
    /// without it a fast replica would fill the memory instead.
    /// </summary>
    private const int MostUnsent = 1 << 13;

    private readonly Utf8JsonWriter _json = new(context.Response.BodyWriter, ReplyJson.Options);
    private bool _begun;

    public async Task<GenerationResult> SendAsync(StreamSink sink, Task<GenerationResult> generation, CancellationToken cancellation)
    {
        if (await sink.Pieces.WaitToReadAsync(cancellation).ConfigureAwait(false))
        {
            Begin(sink.Replica, sink.Degraded);
            do
            {
                var unsent = 0;
                while (unsent < MostUnsent && sink.Pieces.TryRead(out var piece))
                {
                    Event(() => shape.Text(_json, piece, includeUsage));
                    unsent += piece.Length;
                }

                await context.Response.BodyWriter.FlushAsync(cancellation).ConfigureAwait(false);
            }
            while (await sink.Pieces.WaitToReadAsync(cancellation).ConfigureAwait(false));
        }

        var result = await generation.ConfigureAwait(false);
        await EndAsync(result, cancellation).ConfigureAwait(false);
        return result;
    }

    public ValueTask DisposeAsync() => _json.DisposeAsync();

    private async Task EndAsync(GenerationResult result, CancellationToken cancellation)
    {
        var error = ApiError.Of(result);
        if (error is not null && !_begun)
        {
            ReplyHeaders.Set(context.Response, result.Replica, result.Degraded);
            await ErrorReply.WriteAsync(context, error).ConfigureAwait(false);
            return;
        }

        if (!_begun)
        {
            Begin(result.Replica, result.Degraded);
        }

        if (error is not null)
        {
            Event(() => ErrorReply.Write(_json, error));
        }
        else
        {
            Event(() => shape.Finish(_json, result.FinishReason, includeUsage));
            if (includeUsage)
            {
                Event(() => shape.UsageChunk(_json, result));
            }

            context.Response.BodyWriter.Write("data: [DONE]\n\n"u8);
        }

        await context.Response.BodyWriter.FlushAsync(cancellation).ConfigureAwait(false);
    }

    private void Begin(int? replica, bool degraded)
    {
        _begun = true;
        var response = context.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        ReplyHeaders.Set(response, replica, degraded);
        if (shape.Chat)
        {
            Event(() => shape.Role(_json, includeUsage));
        }
    }

    private void Event(Action write)
    {
        var body = context.Response.BodyWriter;
        body.Write("data: "u8);
        write();
        _json.Flush();
        _json.Reset();
        body.Write("\n\n"u8);
    }
}
