using System.Text;

namespace ChaosBench.Chaos.Proxy.Http;

/// <summary>What the proxy must know of a request. Its bytes are forwarded as they came.</summary>
/// <param name="Length">Bytes of the head.</param>
/// <param name="Id">The <c>x-request-id</c> header; null without one, or with one that is no plain word.</param>
internal readonly record struct RequestHead(int Length, bool HasNoReplyBody, bool IsHttp11, bool Closes, string? Id, BodyReader Body)
{
    private const int LongestId = 128;

    /// <param name="wantsId">Whether anybody asks for the id; it costs a string.</param>
    /// <returns>Null for bytes that are not a request of HTTP/1.0 or 1.1 whose end is beyond doubt.</returns>
    public static RequestHead? Parse(ReadOnlySpan<byte> head, bool wantsId)
    {
        var lineEnd = head.IndexOf("\r\n"u8);
        var line = head[..lineEnd];
        var isHttp11 = line.EndsWith(" HTTP/1.1"u8);
        var space = line.IndexOf((byte)' ');
        if (space <= 0 || (!isHttp11 && !line.EndsWith(" HTTP/1.0"u8)) || space >= line.Length - 9 || line.IndexOf((byte)'\n') >= 0)
        {
            return null;
        }

        var scan = default(HeadScan);
        var method = line[..space];
        if (method.SequenceEqual("CONNECT"u8) || !scan.Read(head[(lineEnd + 2)..]))
        {
            return null;
        }

        var body = scan.IsChunked ? BodyReader.Chunked : BodyReader.Counted(scan.ContentLength ?? 0);
        return new RequestHead(
            head.Length, method.SequenceEqual("HEAD"u8), isHttp11, scan.Closes || !isHttp11, wantsId ? Word(scan.RequestId) : null, body);
    }

    private static string? Word(ReadOnlySpan<byte> id) =>
        id.IsEmpty || id.Length > LongestId || id.IndexOfAnyExceptInRange((byte)'!', (byte)'~') >= 0 ? null : Encoding.ASCII.GetString(id);
}
