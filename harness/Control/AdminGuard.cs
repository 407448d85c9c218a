using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Harness.Control;

/// <summary>
/// Who may ask a control endpoint: whoever holds the token, from a program or from a page of the endpoint itself. The Host header must
/// name loopback, so that no foreign name that resolves there reaches it from a browser; an Origin must be its own.
/// </summary>
internal sealed class AdminGuard(byte[] tokenHash, TimeProvider time)
{
    /// <summary>Requests a second, and as many at once.</summary>
    private const double PerSecond = 50;

    private readonly Lock _guard = new(); // guards the two below
    private double _left = PerSecond;
    private long _last = time.GetTimestamp();

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        List<string> own = [$"127.0.0.1:{context.Connection.LocalPort}", $"localhost:{context.Connection.LocalPort}"];
        return !TryTake() ? Refuse(context, 429, "more than 50 requests a second; wait a moment")
            : !own.Contains(request.Host.ToString()) ? Refuse(context, 403, $"the Host header must be {own[0]}")
            : request.Headers.Origin is { Count: > 0 } origin && !own.Any(host => origin == $"http://{host}")
                ? Refuse(context, 403, "requests of other origins are refused")
            : !IsAuthorized(request) ? Refuse(context, 401, "send Authorization: Bearer TOKEN, with the token that the command printed")
            : BoundedAsync(context, next);
    }

    private static async Task BoundedAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (BadHttpRequestException flaw)
        {
            await Refuse(context, flaw.StatusCode, flaw.Message).ConfigureAwait(false);
        }
    }

    private static Task Refuse(HttpContext context, int status, string why) => AdminFace.WriteAsync(context, status, new { error = new { message = why } });

    /// <summary>Compared by their hashes, in a time that tells nothing.</summary>
    private bool IsAuthorized(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.Ordinal)
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(header["Bearer ".Length..])), tokenHash);

    private bool TryTake()
    {
        lock (_guard)
        {
            var now = time.GetTimestamp();
            _left = Math.Min(PerSecond, _left + (time.GetElapsedTime(_last, now).TotalSeconds * PerSecond));
            _last = now;
            if (_left < 1)
            {
                return false;
            }

            _left--;
            return true;
        }
    }
}
