namespace ChaosBench.Chaos.Proxy.Http;

/// <summary>Finds a body's end among bytes that come in any pieces: by its length, its chunks, or the end of the connection.</summary>
internal struct BodyReader
{
    /// <summary>Chunk extensions and trailers together; more is an attack.</summary>
    private const int MaxExtras = 64 * 1024;

    private State _state;
    private long _left;
    private int _digits;
    private int _extras;

    private enum State
    {
        Done,
        Counted,
        UntilClose,
        Size,
        Extension,
        SizeEnd,
        Data,
        DataEnd,
        DataEnd2,
        TrailerStart,
        Trailer,
        LastEnd,
        Broken,
    }

    public readonly bool IsDone => _state == State.Done;

    /// <summary>Its length was told beforehand.</summary>
    public readonly bool IsCounted => _state == State.Counted;

    /// <summary>Nobody can say where it ends.</summary>
    public readonly bool IsBroken => _state == State.Broken;

    /// <summary>It ends with its connection.</summary>
    public readonly bool EndsWithConnection => _state == State.UntilClose;

    public static BodyReader None => default;

    public static BodyReader Counted(long length) => new() { _state = length == 0 ? State.Done : State.Counted, _left = length };

    public static BodyReader Chunked => new() { _state = State.Size };

    public static BodyReader UntilClose => new() { _state = State.UntilClose };

    /// <summary>Takes some of the bytes; call again with the rest until nothing is taken or the body is done.</summary>
    /// <param name="payload">The body's own bytes among those taken; may be empty.</param>
    /// <returns>How many were taken.</returns>
    public int Take(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> payload)
    {
        payload = default;
        var at = 0;
        while (at < bytes.Length && _state is not (State.Done or State.Broken))
        {
            switch (_state)
            {
                case State.UntilClose:
                    payload = bytes[at..];
                    return bytes.Length;
                case State.Counted or State.Data:
                    var count = (int)Math.Min(_left, bytes.Length - at);
                    payload = bytes.Slice(at, count);
                    _left -= count;
                    _state = _left > 0 ? _state : _state == State.Data ? State.DataEnd : State.Done;
                    return at + count;
                default:
                    Step(bytes[at++]);
                    break;
            }
        }

        return at;
    }

    /// <summary>Takes all that belongs to the body, whatever it says.</summary>
    public int Skip(ReadOnlySpan<byte> bytes)
    {
        var all = 0;
        while (all < bytes.Length && Take(bytes[all..], out _) is var count and > 0)
        {
            all += count;
        }

        return all;
    }

    private void Step(byte next)
    {
        _state = _state switch
        {
            State.Size => Size(next),
            State.Extension => next == '\r' ? State.SizeEnd : Extra(State.Extension),
            State.SizeEnd => next != '\n' ? State.Broken : _left == 0 ? State.TrailerStart : State.Data,
            State.DataEnd => next == '\r' ? State.DataEnd2 : State.Broken,
            State.DataEnd2 => next == '\n' ? NextChunk() : State.Broken,
            State.TrailerStart => next == '\r' ? State.LastEnd : Extra(State.Trailer),
            State.Trailer => Extra(next == '\n' ? State.TrailerStart : State.Trailer),
            State.LastEnd => next == '\n' ? State.Done : State.Broken,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private State Size(byte next)
    {
        if (Uri.IsHexDigit((char)next))
        {
            _left = (_left << 4) + HexOf(next);
            return ++_digits <= 15 ? State.Size : State.Broken;
        }

        return _digits == 0 ? State.Broken : next switch
        {
            (byte)'\r' => State.SizeEnd,
            (byte)';' or (byte)' ' or (byte)'\t' => State.Extension,
            _ => State.Broken,
        };
    }

    private static int HexOf(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private State NextChunk()
    {
        (_left, _digits) = (0, 0);
        return State.Size;
    }

    private State Extra(State next) => ++_extras <= MaxExtras ? next : State.Broken;
}
