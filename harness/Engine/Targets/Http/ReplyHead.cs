using System.Buffers;
using System.Text;

namespace ChaosBench.Engine.Targets.Http;

/// <summary>What a reply's status line and headers say, as far as anybody here asks.</summary>
internal sealed class ReplyHead
{
    internal static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    public int Status { get; internal set; }

    /// <summary>Of the body; null when it is chunked or ends with the connection.</summary>
    public long? ContentLength { get; internal set; }

    public bool IsChunked { get; internal set; }

    /// <summary>Whether the connection may carry another request once the body is complete.</summary>
    public bool KeepsAlive { get; internal set; }

    /// <summary>The media type is <c>application/json</c>.</summary>
    public bool IsJson { get; internal set; }

    /// <summary>Null for <c>identity</c> and for none.</summary>
    public string? ContentEncoding { get; internal set; }

    public string? RetryAfter { get; internal set; }
    public int? Replica { get; internal set; }
    public bool Degraded { get; internal set; }

    internal bool HasBody => Status is >= 200 and not (204 or 304);

    internal void Clear()
    {
        (Status, ContentLength, IsChunked, KeepsAlive, IsJson) = (0, null, false, false, false);
        (ContentEncoding, RetryAfter, Replica, Degraded) = (null, null, null, false);
    }

    /// <summary>Takes in one header.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    internal string? Read(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        // The length alone rules out nearly every header.
        switch (name.Length)
        {
            case 10 when Is(name, "connection"u8):
                ReadConnection(value);
                return null;
            case 11 when Is(name, "retry-after"u8):
                RetryAfter = Text(value);
                return null;
            case 12 when Is(name, "content-type"u8):
                var parameters = value.IndexOf((byte)';');
                IsJson = Is(Trim(parameters < 0 ? value : value[..parameters]), "application/json"u8);
                return null;
            case 14 when Is(name, "content-length"u8):
                return ReadLength(value);
            case 16 when Is(name, "content-encoding"u8):
                ContentEncoding = Is(value, "identity"u8) ? null : Text(value);
                return null;
            case 17 when Is(name, "transfer-encoding"u8):
                return ReadTransferEncoding(value);
            case 20 when Is(name, "x-chaosbench-replica"u8):
                Replica = int.TryParse(value, System.Globalization.NumberStyles.None, null, out var replica) ? replica : null;
                return null;
            case 21 when Is(name, "x-chaosbench-degraded"u8):
                Degraded = value.SequenceEqual("true"u8);
                return null;
            default:
                return null;
        }
    }

    private void ReadConnection(ReadOnlySpan<byte> value)
    {
        foreach (var part in value.Split((byte)','))
        {
            var option = Trim(value[part]);
            KeepsAlive = Is(option, "keep-alive"u8) || (!Is(option, "close"u8) && KeepsAlive);
        }
    }

    /// <summary>Digits alone, and the same in each of several: two readings of where a reply ends are one too many.</summary>
    private string? ReadLength(ReadOnlySpan<byte> value)
    {
        if (value.Length is 0 or > 18 || value.ContainsAnyExcept(Digits))
        {
            return "a Content-Length that is no number";
        }

        var length = 0L;
        foreach (var digit in value)
        {
            length = (length * 10) + (digit - '0');
        }

        if (ContentLength is { } other && other != length)
        {
            return "two Content-Length headers that disagree";
        }

        ContentLength = length;
        return null;
    }

    private string? ReadTransferEncoding(ReadOnlySpan<byte> value)
    {
        if (!Is(value, "chunked"u8) || IsChunked)
        {
            return "a transfer coding that nobody asked for";
        }

        IsChunked = true;
        return null;
    }

    private static string Text(ReadOnlySpan<byte> value) => Encoding.Latin1.GetString(value[..Math.Min(value.Length, 200)]);

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lowerCase) => Ascii.EqualsIgnoreCase(text, lowerCase);

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);
}
