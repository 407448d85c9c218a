using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary>Writes <c>{"error": {"message", "type", "param", "code"}}</c>.</summary>
internal static class ErrorReply
{
    public static ApiError NoEmbeddings { get; } = new(
        501, "not_implemented", null, "This model gives no embeddings; its folder would need an embedding.onnx.");

    public static ApiError NoLabels { get; } = new(
        501, "not_implemented", null, "This model gives no labels; /v1/classify is for sequence classifiers.");

    public static ApiError NoGeneration { get; } = new(
        501, "not_implemented", null, "This model is an encoder and writes no text; see /v1/embeddings and /v1/classify.");

    public static ApiError NoKey { get; } = new(
        401, "invalid_api_key", null, "The API key is missing or wrong; send it as \"Authorization: Bearer KEY\".");

    /// <summary>A bug of ours; what it was is no business of the caller.</summary>
    public static ApiError Internal { get; } =
        new(500, "internal_error", null, "The server failed on this request; other requests are not affected.");

    /// <summary>The reply, unless one has begun: then the connection is cut, so that nobody takes half an answer for a whole one.</summary>
    public static async Task WriteAsync(HttpContext context, ApiError error)
    {
        var response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return;
        }

        response.StatusCode = error.Status;
        response.ContentType = "application/json";
        if (error.RetryAfterSeconds is { } seconds)
        {
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        await using (var json = new Utf8JsonWriter(response.BodyWriter))
        {
            Write(json, error);
        }

        await response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    public static void Write(Utf8JsonWriter json, ApiError error)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", error.Message);
        json.WriteString("type", error.Type);
        json.WriteString("param", error.Param);
        json.WriteString("code", error.Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
