using Microsoft.AspNetCore.Http;

namespace ChaosBench.Harness.Recording;

/// <summary>Headers on their way through, and which of them are nobody's business.</summary>
internal static class Headers
{
    /// <summary>Of one connection, not of the message (RFC 9110, 7.6.1).</summary>
    private static readonly HashSet<string> Hops = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Host",
    };

    /// <summary>Shorter values would blot out ordinary words, and are no secrets.</summary>
    private const int MinSecret = 8;

    /// <summary>All but those of the connection, also those that <c>Connection</c> names.</summary>
    public static void ToUpstream(IHeaderDictionary from, HttpRequestMessage to)
    {
        var named = Named(from.Connection.ToString());
        foreach (var (name, values) in from)
        {
            // The length is the content's own; a client that waits for 100 was told to go on when its body was read.
            if (Hops.Contains(name) || named.Contains(name) || name is "Content-Length" or "Expect")
            {
                continue;
            }

            if (!to.Headers.TryAddWithoutValidation(name, values.AsEnumerable()))
            {
                to.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }
    }

    public static void ToClient(HttpResponseMessage from, HttpResponse to)
    {
        var named = Named(string.Join(',', from.Headers.Connection));
        foreach (var (name, values) in from.Headers.NonValidated.Concat(from.Content.Headers.NonValidated))
        {
            if (!Hops.Contains(name) && !named.Contains(name))
            {
                to.Headers[name] = values.ToArray();
            }
        }
    }

    /// <summary>Values of headers that let somebody in; the words of <c>Bearer abc</c> each.</summary>
    public static IReadOnlyList<string> Secrets(IHeaderDictionary headers) =>
    [
        .. headers.Where(header => IsSecret(header.Key))
            .SelectMany(header => header.Value.SelectMany(value => (value ?? "").Split([' ', ';', ',', '='], StringSplitOptions.RemoveEmptyEntries)))
            .Where(value => value.Length >= MinSecret)
            .Distinct(StringComparer.Ordinal).OrderByDescending(value => value.Length).Take(50),
    ];

    private static bool IsSecret(string name) =>
        name.Contains("authorization", StringComparison.OrdinalIgnoreCase) || name.Contains("cookie", StringComparison.OrdinalIgnoreCase)
        || name.Contains("api-key", StringComparison.OrdinalIgnoreCase) || name.Contains("apikey", StringComparison.OrdinalIgnoreCase)
        || name.Contains("token", StringComparison.OrdinalIgnoreCase) || name.Contains("secret", StringComparison.OrdinalIgnoreCase);

    private static HashSet<string> Named(string connection) =>
        new(connection.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);
}
