using System.Text.Json;
using ChaosBench.Server.Embeddings;
using ChaosBench.Server.Versions;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary>The way of a request to an encoder: body, parser, encoder, reply.</summary>
/// <param name="kind">The encoder of a version when it can answer this kind of request.</param>
/// <param name="incapable">What is said when it cannot.</param>
internal sealed class EncoderReply(VersionSet versions, HttpFaceOptions options, Func<FaceModel, TextEncoder?> kind, ApiError incapable)
{
    public async Task HandleAsync(HttpContext context, Action<Utf8JsonWriter, EncoderAnswer> write)
    {
        if (!versions.CanAny(Can))
        {
            await ErrorReply.WriteAsync(context, incapable).ConfigureAwait(false);
            return;
        }

        var (body, error) = await BodyReader.ReadAsync(context, options.MaxBodyBytes).ConfigureAwait(false);
        var parsed = error is null ? EncoderRequestParser.Parse(body) : new EncoderParseResult(null, error);
        if (parsed.Request is not { } request)
        {
            await ErrorReply.WriteAsync(context, parsed.Error!).ConfigureAwait(false);
            return;
        }

        var version = versions.Choose(
            request.Model, ReplyHeaders.SessionOf(context, request.User), Can);
        ReplyHeaders.Set(context, version);
        var encoder = kind(version.Model);
        if (encoder is null || request.Check(encoder.Width) is not null)
        {
            await ErrorReply.WriteAsync(context, encoder is null ? incapable : request.Check(encoder.Width)!).ConfigureAwait(false);
            return;
        }

        var result = await version.Model.EncodeAsync(context.TraceIdentifier, request.Inputs, context.RequestAborted)
            .ConfigureAwait(false);
        if (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to tell.
            return;
        }

        ReplyHeaders.Set(context.Response, result.Replica, degraded: false);
        if (ApiError.Of(result) is { } problem)
        {
            await ErrorReply.WriteAsync(context, problem).ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = "application/json";
        await using (var json = new Utf8JsonWriter(context.Response.BodyWriter, ReplyJson.Options))
        {
            write(json, new EncoderAnswer(version.Id, encoder.Labels, request, result));
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private bool Can(FaceModel model) => kind(model) is not null;

    /// <summary>The way both replies end.</summary>
    public static void Usage(Utf8JsonWriter json, EncoderResult result)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", result.Tokens);
        json.WriteNumber("total_tokens", result.Tokens);
        json.WriteEndObject();
    }
}

/// <summary>What is to be written about a request that was answered.</summary>
/// <param name="Model">Id of the version that answered.</param>
/// <param name="Labels">Of a classifier; empty for embeddings.</param>
internal sealed record EncoderAnswer(string Model, IReadOnlyList<string> Labels, EncoderRequest Request, EncoderResult Result);
