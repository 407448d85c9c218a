using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Harness.Ui;

/// <summary>How the web view answers: headers that hold a page in its place, JSON without absent values, errors as one sentence.</summary>
internal static class UiReply
{
    /// <summary>Largest body that is read.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    /// <summary>Of our own pages: scripts, styles and data from this server alone, nothing inline, nobody frames it.</summary>
    public const string PagePolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>"Infinity" where a request never ended; names as in the files of a run folder.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.Default,
        MaxDepth = 16,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
    };

    public static void Protect(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XFrameOptions = "DENY";
        response.Headers.CacheControl = "no-store";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    public static Task JsonAsync(HttpContext context, object body, int status = 200)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(body, Json, context.RequestAborted);
    }

    public static Task RefuseAsync(HttpContext context, int status, string why) =>
        JsonAsync(context, new { error = Printable.Line(why, 1_000) }, status);

    public static Task HtmlAsync(HttpContext context, string policy, string page)
    {
        context.Response.Headers.ContentSecurityPolicy = policy;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(page, context.RequestAborted);
    }

    /// <summary>A body of ours; null: it is none, and the caller has been told.</summary>
    public static async Task<T?> BodyAsync<T>(HttpContext context)
        where T : class
    {
        if (context.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true)
        {
            await RefuseAsync(context, 415, "send application/json").ConfigureAwait(false);
            return null;
        }

        try
        {
            var body = await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Json, context.RequestAborted).ConfigureAwait(false);
            if (body is not null)
            {
                return body;
            }
        }
        catch (Exception flaw) when (flaw is JsonException or NotSupportedException)
        {
        }

        await RefuseAsync(context, 400, "the body is no JSON that is known here").ConfigureAwait(false);
        return null;
    }
}
