using System.Buffers;

namespace ChaosBench.Chaos.Proxy.Http;

/// <summary>
/// Cuts a stream of server-sent events into its events, byte for byte: each piece ends with the empty line behind it. Line ends may be
/// LF, CR or CRLF.
/// </summary>
internal sealed class EventSplitter
{
    /// <summary>What has grown longer without an empty line is handed on as it is.</summary>
    public const int MaxEventBytes = 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _held = new();
    private int _seen;

    /// <summary>Bytes after the last empty line.</summary>
    public ReadOnlyMemory<byte> Rest => _held.WrittenMemory;

    public void Add(ReadOnlySpan<byte> bytes) => _held.Write(bytes);

    /// <summary>The next whole event; false when it has not come yet. Valid until the next call.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> piece)
    {
        piece = default;
        var held = _held.WrittenSpan;
        var length = EndOf(held, ref _seen);
        if (length == 0 && held.Length <= MaxEventBytes)
        {
            return false;
        }

        length = length == 0 ? held.Length : length;
        piece = held[..length].ToArray();
        var rest = held[length..].ToArray();
        _held.ResetWrittenCount();
        _held.Write(rest);
        _seen = 0;
        return true;
    }

    /// <summary>Just past the first empty line that is not at the very start; 0: there is none.</summary>
    private static int EndOf(ReadOnlySpan<byte> bytes, ref int from)
    {
        // A line end at the edge may be half of one: looked at again when more has come.
        for (var at = Math.Max(0, from - 4); at < bytes.Length; at++)
        {
            var first = LineEnd(bytes, at);
            if (first == 0)
            {
                continue;
            }

            if (at + first >= bytes.Length || (first == 2 && bytes[at + first] == '\r' && at + first + 1 == bytes.Length))
            {
                break;
            }

            var second = LineEnd(bytes, at + first);
            if (second > 0)
            {
                return at + first + second;
            }

            at += first - 1;
        }

        from = bytes.Length;
        return 0;
    }

    private static int LineEnd(ReadOnlySpan<byte> bytes, int at) => bytes[at] switch
    {
        (byte)'\n' => 1,
        (byte)'\r' => at + 1 < bytes.Length && bytes[at + 1] == '\n' ? 2 : 1,
        _ => 0,
    };
}
