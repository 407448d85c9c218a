using System.Globalization;
using System.Text;
using System.Text.Json;
using ChaosBench.Chaos.Proxy.Http;
using ChaosBench.Chaos.Proxy.Wire;

namespace ChaosBench.Chaos.Proxy;

/// <summary>Whole replies of the proxy's own.</summary>
internal static class OwnReply
{
    public static async ValueTask SendAsync(PeerWire client, RequestHead request, string status, string type, string body, params string[] headers)
    {
        var reply = new StringBuilder($"HTTP/1.1 {status}\r\nContent-Type: {type}\r\n");
        foreach (var header in headers)
        {
            reply.Append(header).Append("\r\n");
        }

        reply.Append(CultureInfo.InvariantCulture, $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n");
        reply.Append(request.HasNoReplyBody ? "" : body);
        await client.SendAsync(Encoding.UTF8.GetBytes(reply.ToString())).ConfigureAwait(false);
    }

    /// <summary>An error as OpenAI-compatible endpoints write it.</summary>
    /// <param name="kind"><c>type/code</c>.</param>
    public static ValueTask ErrorAsync(PeerWire client, RequestHead request, string status, string message, string kind, params string[] headers)
    {
        var words = kind.Split('/');
        var body = JsonSerializer.Serialize(new { error = new { message, type = words[0], code = words[1] } });
        return SendAsync(client, request, status, "application/json", body, headers);
    }
}
