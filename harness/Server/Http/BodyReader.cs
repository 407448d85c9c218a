using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace ChaosBench.Server.Http;

/// <summary>Reads a request's body, whole and bounded.</summary>
internal static class BodyReader
{
    private const string Unreadable = "The body could not be read to its end.";

    /// <summary>The bytes, or what is wrong with them.</summary>
    public static async Task<(byte[]? Body, ApiError? Error)> ReadAsync(HttpContext context, long limit)
    {
        if (!IsJson(context.Request.ContentType))
        {
            return (null, new ApiError(
                415, "unsupported_media_type", null, "Send the body as JSON in UTF-8, with \"Content-Type: application/json\"."));
        }

        try
        {
            while (true)
            {
                var read = await context.Request.BodyReader.ReadAsync(context.RequestAborted).ConfigureAwait(false);
                if (read.IsCompleted)
                {
                    var body = read.Buffer.ToArray();
                    context.Request.BodyReader.AdvanceTo(read.Buffer.End);
                    return (body, null);
                }

                context.Request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (BadHttpRequestException problem)
        {
            // Kestrel's own limits: size, transfer rate, framing.
            return (null, problem.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? new ApiError(413, "body_too_large", null, FormattableString.Invariant($"The body is larger than {limit} bytes."))
                : new ApiError(problem.StatusCode, "bad_request", null, Unreadable));
        }
        catch (IOException)
        {
            // A chunk whose size is no number of 32 bits, or a connection that is gone and hears nothing of this.
            return (null, new ApiError(400, "bad_request", null, Unreadable));
        }
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Value.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase));
}
