using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary>
/// The answers to one request as server-sent events:
/// <code>
/// role (chat) > text, one event a piece > finish of each > usage (if asked for) > [DONE]
///                        \ lost in the middle: error, no [DONE]
/// </code>
/// Headers are held back until the first text, so that a request that fails before it gets an honest status.
/// </summary>
internal sealed class StreamReply(HttpContext context, ReplyJson shape, ParsedRequest parsed, BoundedFlush sending) : IAsyncDisposable
{
    /// <summary>
    /// Characters written before a flush. The flush is where a client who does not read makes the reply wait, and the channel fill:
    /// without it a fast replica would fill the memory instead.
    /// </summary>
    private const int MostUnsent = 1 << 13;

    private readonly Utf8JsonWriter _json = new(context.Response.BodyWriter, ReplyJson.Options);

    // What was sent of each answer: tokens with log probabilities, and their characters.
    private readonly (int Tokens, int Characters)[] _explained = new (int, int)[parsed.Choices];
    private bool _begun;
    private int _promptTokens;
    private int _tokens;

    /// <summary>Called when the first text is there.</summary>
    public Action? Begun { get; init; }

    private ChunkUsage UsageSoFar => new(parsed.IncludeUsage, parsed.ContinuousUsage ? (_promptTokens, _tokens) : null);

    public async Task<GenerationResult[]> SendAsync(
        StreamChannel channel, Task<GenerationResult[]> generations, CancellationToken cancellation)
    {
        if (await channel.Pieces.WaitToReadAsync(cancellation).ConfigureAwait(false))
        {
            Begun?.Invoke();
            _promptTokens = channel.PromptTokens;
            Begin(channel.Replica, channel.Degraded);
            do
            {
                var unsent = 0;
                while (unsent < MostUnsent && channel.Pieces.TryRead(out var piece))
                {
                    var offset = Explained(piece.Choice, piece.LogProbs);
                    _tokens += piece.Tokens;
                    Event(() => shape.Text(_json, piece, offset, UsageSoFar));
                    unsent += piece.Text.Length;
                }

                await sending.FlushAsync(context.Response.BodyWriter, cancellation).ConfigureAwait(false);
            }
            while (await channel.Pieces.WaitToReadAsync(cancellation).ConfigureAwait(false));
        }

        var results = await generations.ConfigureAwait(false);
        await EndAsync(results, cancellation).ConfigureAwait(false);
        return results;
    }

    public ValueTask DisposeAsync() => _json.DisposeAsync();

    private async Task EndAsync(GenerationResult[] results, CancellationToken cancellation)
    {
        var error = Choices.ErrorOf(results);
        if (error is not null && !_begun)
        {
            ReplyHeaders.Set(context.Response, results[0].Replica, results[0].Degraded);
            await ErrorReply.WriteAsync(context, error).ConfigureAwait(false);
            return;
        }

        if (!_begun)
        {
            _promptTokens = results[0].PromptTokens;
            Begin(results[0].Replica, results[0].Degraded);
        }

        if (error is not null)
        {
            Event(() => ErrorReply.Write(_json, error));
        }
        else
        {
            Finish(results);
        }

        await sending.FlushAsync(context.Response.BodyWriter, cancellation).ConfigureAwait(false);
    }

    private void Finish(GenerationResult[] results)
    {
        // With those that had no text any more.
        _tokens = results.Sum(result => result.CompletionTokens);
        foreach (var (choice, result) in results.Index())
        {
            // Tokens whose text was cut off, as a stop string is, or that had none.
            TokenLogProb[] rest = [.. result.LogProbs.Skip(_explained[choice].Tokens)];
            var offset = Explained(choice, rest);
            Event(() => shape.Finish(_json, new StreamPiece(choice, "", 0, rest), offset, result.FinishReason, UsageSoFar));
        }

        if (parsed.IncludeUsage)
        {
            Event(() => shape.UsageChunk(_json, results));
        }

        context.Response.BodyWriter.Write("data: [DONE]\n\n"u8);
    }

    private void Begin(int? replica, bool degraded)
    {
        _begun = true;
        var response = context.Response;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        ReplyHeaders.Set(response, replica, degraded);
        for (var choice = 0; shape.Chat && choice < parsed.Choices; choice++)
        {
            var index = choice;
            Event(() => shape.Role(_json, index, UsageSoFar));
        }
    }

    /// <summary>Counts tokens as sent; characters before them.</summary>
    private int Explained(int choice, IReadOnlyList<TokenLogProb> tokens)
    {
        var (count, characters) = _explained[choice];
        _explained[choice] = (count + tokens.Count, characters + tokens.Sum(token => token.ToText().Length));
        return characters;
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
