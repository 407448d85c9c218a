using System.Buffers;

namespace ChaosBench.Engine.Targets.Http;

/// <summary>
/// HTTP/1.1 replies out of bytes that come in any pieces (RFC 9112), strict and bounded: what could be read in two ways is refused.
/// <code>
/// status line -> headers -> body: a length | chunks and trailers | until the connection ends
/// </code>
/// </summary>
internal sealed class HttpReader
{
    /// <summary>Status line and headers, interim replies (1xx) included; also the trailers.</summary>
    public const int MaxHeadBytes = 64 * 1024;

    public const int MaxHeaders = 256;

    /// <summary>A chunk's size with its extensions.</summary>
    private const int MaxChunkLine = 4 * 1024;

    private static readonly SearchValues<byte> TokenBytes = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    private readonly ReplyHead _head = new();
    private State _state;
    private readonly HeldLine _line = new();
    private int _headBytes;
    private int _headers;
    private long _left;

    private enum State
    {
        StatusLine,
        Headers,
        Body,
        BodyUntilEnd,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailers,
        Complete,
    }

    /// <summary>Why the reply cannot be read on.</summary>
    public string? Problem { get; private set; }

    public bool IsComplete => _state == State.Complete;

    /// <summary>The connection may be used again: the reply is complete and says so itself.</summary>
    public bool KeepsAlive => IsComplete && _head.KeepsAlive;

    public void Reset()
    {
        _state = State.StatusLine;
        (_headBytes, _headers, _left, Problem) = (0, 0, 0, null);
        _head.Clear();
        Release();
    }

    /// <summary>
    /// Hands on what is in <paramref name="bytes"/>, which then holds what is left behind the reply. Stops early when
    /// <paramref name="reply"/> has enough.
    /// </summary>
    /// <returns>False when <paramref name="reply"/> has enough.</returns>
    public bool Feed(ref ReadOnlySpan<byte> bytes, HttpExchange? reply, long stamp)
    {
        while (!bytes.IsEmpty && Problem is null && !IsComplete)
        {
            var wants = true;
            switch (_state)
            {
                case State.Body or State.ChunkData:
                    var part = bytes[..(int)Math.Min(_left, bytes.Length)];
                    bytes = bytes[part.Length..];
                    _left -= part.Length;
                    wants = reply?.OnBody(part, stamp) ?? true;
                    if (_left == 0)
                    {
                        _state = _state == State.Body ? State.Complete : State.ChunkEnd;
                    }

                    break;
                case State.BodyUntilEnd:
                    wants = reply?.OnBody(bytes, stamp) ?? true;
                    bytes = default;
                    break;
                default:
                    if (TakeLine(ref bytes, out var line))
                    {
                        wants = ReadLine(line, reply);
                        Release();
                    }

                    break;
            }

            if (!wants)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What the end of the connection means here; null when the reply is complete with it.</summary>
    public HttpFailure? AtEnd()
    {
        switch (_state)
        {
            case State.StatusLine or State.Headers:
                return HttpFailure.Reset;
            case State.BodyUntilEnd:
                _state = State.Complete;
                return null;
            default:
                return IsComplete ? null : HttpFailure.Truncated;
        }
    }

    /// <summary>Gives back what is held for a reply that nobody reads on.</summary>
    public void Release() => _line.Release();

    /// <summary>Lines end with CRLF; a lone LF is understood too, as the standard allows.</summary>
    private bool TakeLine(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> line)
    {
        var end = bytes.IndexOf((byte)'\n');
        var part = end < 0 ? bytes : bytes[..end];
        bytes = bytes[(end < 0 ? bytes.Length : end + 1)..];
        line = part;
        if (!IsWithinLimit(part.Length + 1))
        {
            return false;
        }

        if (end < 0 || _line.Length > 0)
        {
            line = _line.Add(part);
        }

        if (end >= 0 && line is [.., (byte)'\r'])
        {
            line = line[..^1];
        }

        return end >= 0;
    }

    private bool IsWithinLimit(int more)
    {
        if (_state is State.ChunkSize or State.ChunkEnd)
        {
            Problem ??= _line.Length + more > MaxChunkLine ? "a chunk's size line that does not end" : null;
        }
        else
        {
            _headBytes += more;
            Problem ??= _headBytes > MaxHeadBytes ? "headers larger than 64 KiB" : null;
        }

        return Problem is null;
    }

    /// <returns>False when <paramref name="reply"/> has enough.</returns>
    private bool ReadLine(ReadOnlySpan<byte> line, HttpExchange? reply)
    {
        switch (_state)
        {
            case State.StatusLine:
                ReadStatus(line);
                break;
            case State.Headers when line.IsEmpty:
                return EndHead(reply);
            case State.Headers:
                Problem = ReadHeader(line);
                break;
            case State.ChunkSize:
                ReadChunkSize(line);
                break;
            case State.ChunkEnd:
                Problem = line.IsEmpty ? null : "a chunk longer than its size";
                _state = State.ChunkSize;
                break;
            default:
                // Trailers mean nothing here; the empty line behind them ends the reply.
                _state = line.IsEmpty ? State.Complete : State.Trailers;
                break;
        }

        return true;
    }

    /// <summary><c>HTTP/1.1 200 OK</c>; the reason may be empty, and then the blank before it may be missing.</summary>
    private void ReadStatus(ReadOnlySpan<byte> line)
    {
        var isStatus = line.Length >= 12 && line.StartsWith("HTTP/1."u8) && line[7] is (byte)'0' or (byte)'1' && line[8] == ' '
            && !line[9..12].ContainsAnyExcept(ReplyHead.Digits) && line[9] != '0' && (line.Length == 12 || line[12] == ' ');
        if (!isStatus)
        {
            Problem = "no HTTP/1.1 status line";
            return;
        }

        _head.Clear();
        _head.Status = ((line[9] - '0') * 100) + ((line[10] - '0') * 10) + (line[11] - '0');
        _head.KeepsAlive = line[7] == '1';
        _state = State.Headers;
    }

    private string? ReadHeader(ReadOnlySpan<byte> line)
    {
        if (++_headers > MaxHeaders)
        {
            return "more than 256 headers";
        }

        var colon = line.IndexOf((byte)':');
        if (colon < 1 || line[..colon].ContainsAnyExcept(TokenBytes))
        {
            return "a header line without a name";
        }

        var value = line[(colon + 1)..].Trim(" \t"u8);
        return value.ContainsAny((byte)'\0', (byte)'\r') ? "a control character in a header" : _head.Read(line[..colon], value);
    }

    private bool EndHead(HttpExchange? reply)
    {
        Problem = _head.Status == 101 ? "another protocol that nobody asked for"
            : _head.IsChunked && _head.ContentLength is not null ? "both a Content-Length and chunks" : null;
        if (Problem is not null)
        {
            return true;
        }

        if (_head.Status < 200)
        {
            _state = State.StatusLine;
            return true;
        }

        _left = _head.ContentLength ?? 0;
        _state = !_head.HasBody ? State.Complete
            : _head.IsChunked ? State.ChunkSize
            : _head.ContentLength is null ? State.BodyUntilEnd
            : _left == 0 ? State.Complete : State.Body;
        _head.KeepsAlive &= _state != State.BodyUntilEnd;
        _headBytes = 0;
        return reply?.OnHead(_head) ?? true;
    }

    private void ReadChunkSize(ReadOnlySpan<byte> line)
    {
        Problem = ChunkSize.Read(line, out _left);
        _state = _left == 0 ? State.Trailers : State.ChunkData;
    }
}
