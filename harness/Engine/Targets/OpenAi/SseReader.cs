using System.Buffers;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>
/// Server-sent events out of bytes that come in any pieces, after the WHATWG rules: lines end with LF, CR or CRLF, one BOM at
/// the start is dropped, lines that begin with a colon are comments, the <c>data</c> lines of an event are joined by LF, an empty
/// line ends it. What follows the last empty line is no event. <c>event</c>, <c>id</c> and <c>retry</c> mean nothing here.
/// </summary>
internal sealed class SseReader
{
    /// <summary>Largest line and largest event, in bytes.</summary>
    public const int MaxEventBytes = 1024 * 1024;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Larger buffers are not kept for the next stream.</summary>
    private const int MaxKeptBytes = 16 * 1024;

    private ArrayBufferWriter<byte> _line = new();
    private ArrayBufferWriter<byte> _data = new();
    private bool _hasData;
    private bool _skipLineFeed;
    private bool _atStart = true;

    /// <summary>True when bytes of an unfinished line or event wait for their end.</summary>
    public bool HasPartial => _line.WrittenCount > 0 || _hasData;

    /// <summary>Makes it ready for another stream.</summary>
    public void Clear()
    {
        _line = Emptied(_line);
        _data = Emptied(_data);
        (_hasData, _skipLineFeed, _atStart) = (false, false, true);
    }

    /// <summary>Hands each complete event in <paramref name="bytes"/> to <paramref name="onEvent"/>, in order.</summary>
    /// <returns>False when a line or an event is larger than allowed; the stream is then not to be read on.</returns>
    public bool Feed(ReadOnlySpan<byte> bytes, SseEventHandler onEvent)
    {
        while (!bytes.IsEmpty)
        {
            if (_skipLineFeed)
            {
                _skipLineFeed = false;
                if (bytes[0] == '\n')
                {
                    bytes = bytes[1..];
                    continue;
                }
            }

            var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            if (_line.WrittenCount + part.Length > MaxEventBytes)
            {
                return false;
            }

            if (end < 0)
            {
                _line.Write(part);
                return true;
            }

            if (IsWholeEvent(part, bytes[end..], out var data, out var length))
            {
                onEvent(data);
                bytes = bytes[(end + length)..];
                continue;
            }

            if (!TakeLine(part, onEvent))
            {
                return false;
            }

            // A CR may be the first half of a CRLF whose second half is still on its way.
            _skipLineFeed = bytes[end] == '\r';
            bytes = bytes[(end + 1)..];
        }

        return true;
    }

    /// <summary>The common case, one <c>data</c> line with an empty line behind it in the same read, needs no copy.</summary>
    /// <param name="rest">From the line's end on.</param>
    /// <param name="length">Of both line ends.</param>
    private bool IsWholeEvent(ReadOnlySpan<byte> line, ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> data, out int length)
    {
        data = default;
        length = rest.StartsWith("\n\n"u8) ? 2 : rest.StartsWith("\r\n\r\n"u8) ? 4 : 0;
        if (length == 0 || _hasData || _line.WrittenCount > 0 || !line.StartsWith("data: "u8))
        {
            return false;
        }

        _atStart = false;
        data = line["data: "u8.Length..];
        return true;
    }

    private static ArrayBufferWriter<byte> Emptied(ArrayBufferWriter<byte> buffer)
    {
        if (buffer.Capacity > MaxKeptBytes)
        {
            return new ArrayBufferWriter<byte>();
        }

        buffer.ResetWrittenCount();
        return buffer;
    }

    private bool TakeLine(ReadOnlySpan<byte> lastPart, SseEventHandler onEvent)
    {
        if (_line.WrittenCount == 0)
        {
            return Interpret(lastPart, onEvent);
        }

        _line.Write(lastPart);
        var known = Interpret(_line.WrittenSpan, onEvent);
        _line.ResetWrittenCount();
        return known;
    }

    private bool Interpret(ReadOnlySpan<byte> line, SseEventHandler onEvent)
    {
        if (_atStart && line.StartsWith(ByteOrderMark))
        {
            line = line[ByteOrderMark.Length..];
        }

        _atStart = false;
        if (line.IsEmpty)
        {
            if (_hasData)
            {
                onEvent(_data.WrittenSpan);
                _data.ResetWrittenCount();
                _hasData = false;
            }

            return true;
        }

        var colon = line.IndexOf((byte)':');
        var name = colon < 0 ? line : line[..colon];
        if (!name.SequenceEqual("data"u8))
        {
            return true;
        }

        var value = colon < 0 ? default : line[(colon + 1)..];
        if (!value.IsEmpty && value[0] == ' ')
        {
            value = value[1..];
        }

        if (_data.WrittenCount + value.Length + 1 > MaxEventBytes)
        {
            return false;
        }

        if (_hasData)
        {
            _data.Write("\n"u8);
        }

        _data.Write(value);
        _hasData = true;
        return true;
    }
}

/// <summary>The joined data of one event; valid during the call.</summary>
internal delegate void SseEventHandler(ReadOnlySpan<byte> data);
