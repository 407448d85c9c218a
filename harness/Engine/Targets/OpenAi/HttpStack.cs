using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>
/// The HTTP client of one target. It repeats nothing, follows no redirect, keeps no cookie and asks the environment nothing:
/// what the plan says is what the target gets.
/// </summary>
internal static class HttpStack
{
    public static HttpMessageInvoker Create(OpenAiSettings settings, SslClientAuthenticationOptions secure)
    {
#pragma warning disable CA2000 // The invoker owns and disposes the handler.
        var handler = new SocketsHttpHandler
#pragma warning restore CA2000
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            UseProxy = settings.Proxy is not null,
            Proxy = settings.Proxy is { } proxy ? ProxyOf(proxy) : null,
            ConnectTimeout = settings.ConnectTimeout,
            MaxConnectionsPerServer = int.MaxValue,
            MaxResponseHeadersLength = 64, // KiB
            ActivityHeadersPropagator = null,
            SslOptions = secure,
        };
        return new HttpMessageInvoker(handler, disposeHandler: true);
    }

    /// <summary>Adds key and extra headers; a header of the settings wins over ours.</summary>
    public static void AddHeaders(HttpRequestHeaders headers, OpenAiSettings settings)
    {
        headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
        headers.TryAddWithoutValidation("User-Agent", "chaosbench");
        if (settings.ApiKey is { } key)
        {
            headers.TryAddWithoutValidation(
                settings.ApiVersion is null ? "Authorization" : "api-key", settings.ApiVersion is null ? $"Bearer {key}" : key);
        }
        else if (settings.Url.UserInfo is { Length: > 0 } user)
        {
            headers.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(user))));
        }

        foreach (var (name, value) in settings.Headers)
        {
            headers.Remove(name);
            headers.TryAddWithoutValidation(name, value);
        }
    }

    private static WebProxy ProxyOf(Uri proxy)
    {
        var bare = new UriBuilder(proxy) { UserName = "", Password = "" }.Uri;
        var user = proxy.UserInfo.Split(':', 2);
        return new WebProxy(bare)
        {
            Credentials = proxy.UserInfo.Length == 0
                ? null
                : new NetworkCredential(Uri.UnescapeDataString(user[0]), user.Length > 1 ? Uri.UnescapeDataString(user[1]) : ""),
        };
    }
}
