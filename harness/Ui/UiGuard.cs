using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Harness.Ui;

/// <summary>
/// Who may see the pages: whoever has opened the printed address, which leaves a cookie, or sends its token as a bearer. The Host header
/// must name loopback and an Origin must be the server's own, so that no other page of the browser reaches it; what has an effect must
/// be a POST of JSON with that Origin.
/// </summary>
/// <param name="home">The page that a browser is led to.</param>
internal sealed class UiGuard(string token, string home, TimeProvider time)
{
    /// <summary>Requests a second, and as many at once: a page with its parts is about ten.</summary>
    private const double PerSecond = 100;

    private static readonly string[] Safe = ["GET", "HEAD"];

    private readonly byte[] _token = Hash(token);

    // Another secret than the token: what stands in shell histories and logs is not what the browser keeps.
    private readonly string _session = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    private readonly Lock _guard = new(); // guards the two below
    private double _left = PerSecond;
    private long _last = time.GetTimestamp();

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        UiReply.Protect(context.Response);
        var request = context.Request;
        List<string> own = [$"127.0.0.1:{context.Connection.LocalPort}", $"localhost:{context.Connection.LocalPort}"];
        var origin = request.Headers.Origin.ToString();
        var isOwn = own.Exists(host => origin == $"http://{host}");
        if (!TryTake())
        {
            return UiReply.RefuseAsync(context, 429, "more than 100 requests a second; wait a moment");
        }

        if (!own.Contains(request.Host.ToString()))
        {
            return UiReply.RefuseAsync(context, 403, $"the Host header must be {own[0]}");
        }

        if ((origin.Length > 0 && !isOwn) || IsForeign(request))
        {
            return UiReply.RefuseAsync(context, 403, "requests of other origins are refused");
        }

        if (request.Path == "/" && Safe.Contains(request.Method) && request.Query["token"].ToString() is { Length: > 0 } offered)
        {
            return Matches(offered) ? WelcomeAsync(context) : UiReply.RefuseAsync(context, 401, Unknown);
        }

        var bearer = Bearer(request);
        if (!bearer && !HasSession(context))
        {
            return UiReply.RefuseAsync(context, 401, Unknown);
        }

        return Safe.Contains(request.Method) || bearer || isOwn
            ? BoundedAsync(context, next)
            : UiReply.RefuseAsync(context, 403, "what has an effect must come from a page of this server");
    }

    private const string Unknown = "open the address that chaosbench printed: it ends in ?token=...";

    /// <summary>Browsers say who asks; other programs do not. Navigation alone may come from elsewhere: a link in a mail.</summary>
    private static bool IsForeign(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site && site is not ("same-origin" or "none")
        && !(request.Headers["Sec-Fetch-Mode"] == "navigate" && Safe.Contains(request.Method));

    private async Task WelcomeAsync(HttpContext context)
    {
        context.Response.Cookies.Append(CookieName(context), _session, new CookieOptions
        {
            HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true,
        });

        // Not a redirect: a browser that was led here by a link elsewhere would not send a strict cookie along with it.
        await UiReply.HtmlAsync(context, UiReply.PagePolicy, $"""
            <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>ChaosBench</title><link rel="icon" href="data:,">
            <meta http-equiv="refresh" content="0;url={home}"></head><body><p><a href="{home}">Go on to ChaosBench</a></p></body></html>
            """).ConfigureAwait(false);
    }

    private bool HasSession(HttpContext context) =>
        context.Request.Cookies[CookieName(context)] is { } cookie && CryptographicOperations.FixedTimeEquals(Hash(cookie), Hash(_session));

    /// <summary>Cookies know no ports: two servers must not overwrite each other's.</summary>
    private static string CookieName(HttpContext context) => $"chaosbench-{context.Connection.LocalPort}";

    private bool Bearer(HttpRequest request) =>
        request.Headers.Authorization.ToString() is var header && header.StartsWith("Bearer ", StringComparison.Ordinal)
        && Matches(header["Bearer ".Length..]);

    /// <summary>Compared by their hashes, in a time that tells nothing.</summary>
    private bool Matches(string offered) => CryptographicOperations.FixedTimeEquals(Hash(offered), _token);

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static async Task BoundedAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (BadHttpRequestException flaw)
        {
            await UiReply.RefuseAsync(context, flaw.StatusCode, flaw.Message).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The browser has gone on to something else.
        }
#pragma warning disable CA1031 // The boundary of a request: a folder that others made must spoil its own answer and nothing else.
        catch (Exception trouble) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            await UiReply.RefuseAsync(context, 500, $"this could not be made: {trouble.GetType().Name}: {trouble.Message}").ConfigureAwait(false);
        }
    }

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
