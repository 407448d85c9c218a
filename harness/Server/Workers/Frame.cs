using System.Buffers.Binary;

namespace ChaosBench.Server.Workers;

/// <summary>What goes over the pipes between a server and a worker.</summary>
/// <remarks>
/// <code>
/// server > worker   Start {model, device, sizes}   Generate n {tokens, request}   Cancel n   Ping   Encode n {rows of tokens}
/// worker > server   Ready | LoadFailed {why}       [LogProb n] Tokens n {count, text} ... Ended n {result}   Encoded n {result}   Pong {1: the loop moves, 0: it hangs}
/// </code>
/// </remarks>
internal enum FrameKind : byte
{
    Start = 1,
    Generate,
    Cancel,
    Ping,
    Ready,
    LoadFailed,
    Tokens,
    Ended,
    Pong,
    LogProb,
    Encode,
    Encoded,
}

/// <summary>Header of a frame, little-endian: length of the payload (4 bytes), kind (1), request (4; 0 where it is about none).</summary>
internal static class Frame
{
    public const int HeaderSize = 9;

    /// <summary>Bytes. A prompt of the longest context (2^20 positions) and its request fit; anything larger is not ours.</summary>
    public const int LargestPayload = 8 << 20;

    public static void WriteHeader(Span<byte> header, int length, FrameKind kind, uint request)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, length);
        header[4] = (byte)kind;
        BinaryPrimitives.WriteUInt32LittleEndian(header[5..], request);
    }
}

/// <summary>Reads frames from a pipe, one at a time, on one thread.</summary>
internal sealed class FrameReader(Stream pipe) : IDisposable
{
    private readonly BufferedStream _pipe = new(pipe, 1 << 16);
    private readonly byte[] _header = new byte[Frame.HeaderSize];
    private byte[] _payload = new byte[1 << 12];
    private int _length;

    public FrameKind Kind => (FrameKind)_header[4];

    public uint Request => BinaryPrimitives.ReadUInt32LittleEndian(_header.AsSpan(5));

    /// <summary>Valid until the next read.</summary>
    public ReadOnlySpan<byte> Payload => _payload.AsSpan(0, _length);

    /// <summary>False at the end of the pipe, also in the middle of a frame: the other side has died.</summary>
    /// <exception cref="InvalidDataException">What came is no frame.</exception>
    public bool Read()
    {
        if (_pipe.ReadAtLeast(_header, _header.Length, throwOnEndOfStream: false) < _header.Length)
        {
            return false;
        }

        _length = BinaryPrimitives.ReadInt32LittleEndian(_header);
        if (_length is < 0 or > Frame.LargestPayload || !Enum.IsDefined(Kind))
        {
            throw new InvalidDataException($"a frame of kind {_header[4]} and {_length:N0} bytes is not of the protocol");
        }

        if (_payload.Length < _length)
        {
            _payload = new byte[_length];
        }

        return _pipe.ReadAtLeast(_payload.AsSpan(0, _length), _length, throwOnEndOfStream: false) == _length;
    }

    public void Dispose() => _pipe.Dispose();
}
