using System.Globalization;

namespace ChaosBench.Chaos.Proxy.Http;

/// <summary>What the proxy must know of a reply.</summary>
/// <param name="Length">Bytes of the head.</param>
/// <param name="Closes">The upstream closes after it.</param>
internal readonly record struct ReplyHead(int Length, int Status, bool IsEventStream, bool Closes, BodyReader Body)
{
    /// <summary>An interim reply: the one that counts follows. 101 does not: after it the connection speaks something else.</summary>
    public bool IsInterim => Status is >= 100 and < 200 and not 101;

    /// <returns>Null for bytes that are not a reply of HTTP/1.0 or 1.1 whose end is beyond doubt.</returns>
    public static ReplyHead? Parse(ReadOnlySpan<byte> head, bool hasNoBody)
    {
        var lineEnd = head.IndexOf("\r\n"u8);
        var line = head[..lineEnd];
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[8] != ' '
            || !int.TryParse(line.Slice(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status is < 100 or 101)
        {
            return null;
        }

        var scan = default(HeadScan);
        if (!scan.Read(head[(lineEnd + 2)..]))
        {
            return null;
        }

        var body = hasNoBody || status is < 200 or 204 or 304 ? BodyReader.None
            : scan.IsChunked ? BodyReader.Chunked
            : scan.ContentLength is { } length ? BodyReader.Counted(length)
            : BodyReader.UntilClose;
        var type = scan.ContentType;
        var isStream = type.Length >= 17 && HeadScan.Is(type[..17], "text/event-stream"u8);
        return new ReplyHead(head.Length, status, isStream, scan.Closes || line[7] == '0', body);
    }
}
