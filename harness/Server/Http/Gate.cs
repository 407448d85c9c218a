using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Server.Http;

/// <summary>
/// What every request passes before its route: a request id, the API key, the bound on concurrent requests; and behind the routes
/// a body for errors that have none yet.
/// </summary>
internal sealed class Gate
{
    public const string RequestIdHeader = "x-request-id";

    private const int LongestRequestId = 128;

    private readonly byte[]? _keyHash;
    private readonly HttpFaceOptions _options;
    private readonly HttpMetrics _metrics;
    private int _running;
    private long _requests;

    public Gate(HttpFaceOptions options, HttpMetrics metrics)
    {
        _options = options;
        _metrics = metrics;
        _keyHash = options.ApiKey is { } key ? SHA256.HashData(Encoding.UTF8.GetBytes(key)) : null;
    }

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        context.TraceIdentifier = RequestIdOf(context.Request);
        context.Response.Headers[RequestIdHeader] = context.TraceIdentifier;
        if (TraceContext.Of(context.Request) is { } trace)
        {
            context.Response.Headers[TraceContext.ReplyHeader] = trace;
        }

        if (!context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal))
        {
            await next(context).ConfigureAwait(false);
        }
        else if (!IsAuthorized(context.Request))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await ErrorReply.WriteAsync(context, ErrorReply.NoKey).ConfigureAwait(false);
        }
        else
        {
            await BoundedAsync(context, next).ConfigureAwait(false);
        }

        await ExplainAsync(context).ConfigureAwait(false);
        (ReplyHeaders.VersionOf(context)?.Metrics ?? _metrics).Answered(context.Response.StatusCode);
    }

    private async Task BoundedAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            if (Interlocked.Increment(ref _running) > _options.MaxConcurrent)
            {
                var error = new ApiError(
                    429, "too_many_requests", null, $"More than {_options.MaxConcurrent} requests run at the same time.")
                {
                    RetryAfterSeconds = 1,
                };
                await ErrorReply.WriteAsync(context, error).ConfigureAwait(false);
                return;
            }

            await next(context).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private static Task ExplainAsync(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            return Task.CompletedTask;
        }

        return context.Response.StatusCode switch
        {
            404 => ErrorReply.WriteAsync(context, new ApiError(404, "not_found", null, "There is nothing under this path.")),
            405 => ErrorReply.WriteAsync(context, new ApiError(
                405, "method_not_allowed", null, $"This path does not take this method; it takes {context.Response.Headers.Allow}.")),
            _ => Task.CompletedTask,
        };
    }

    /// <summary>Compares hashes in constant time: neither the key's length nor its beginning can be found out by timing.</summary>
    private bool IsAuthorized(HttpRequest request)
    {
        if (_keyHash is null)
        {
            return true;
        }

        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(header[scheme.Length..])), _keyHash);
    }

    /// <summary>The caller's id when it is short and plain, else a number.</summary>
    private string RequestIdOf(HttpRequest request)
    {
        var given = request.Headers[RequestIdHeader].ToString();
        return given.Length is > 0 and <= LongestRequestId
            && given.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or ':')
            ? given
            : FormattableString.Invariant($"req-{Interlocked.Increment(ref _requests):x8}");
    }
}
