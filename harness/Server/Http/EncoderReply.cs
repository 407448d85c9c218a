using System.Text.Json;
using ChaosBench.Server.Embeddings;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary>The way of a request to an encoder: body, parser, encoder, reply.</summary>
internal static class EncoderReply
{
    public static async Task HandleAsync(
        HttpContext context, TextEncoder encoder, long maxBodyBytes, Action<Utf8JsonWriter, EncoderRequest, EncoderResult> write)
    {
        var (body, error) = await BodyReader.ReadAsync(context, maxBodyBytes).ConfigureAwait(false);
        var parsed = error is null ? EncoderRequestParser.Parse(body, encoder.Width) : new EncoderParseResult(null, error);
        if (parsed.Request is not { } request)
        {
            await ErrorReply.WriteAsync(context, parsed.Error!).ConfigureAwait(false);
            return;
        }

        var result = await encoder.EncodeAsync(request.Inputs, context.RequestAborted).ConfigureAwait(false);
        if (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to tell.
            return;
        }

        if (ApiError.Of(result) is { } problem)
        {
            await ErrorReply.WriteAsync(context, problem).ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter, ReplyJson.Options))
        {
            write(json, request, result);
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    public static void Usage(Utf8JsonWriter json, EncoderResult result)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", result.Tokens);
        json.WriteNumber("total_tokens", result.Tokens);
        json.WriteEndObject();
    }
}
