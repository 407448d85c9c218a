namespace ChaosBench.Scenarios.Prompts.Reading;

/// <summary>Lines of a stream as bytes, without their ends (LF or CRLF) and without a byte order mark. Bounded in line and total.</summary>
internal sealed class LineReader(Stream stream, string path, long maxBytes = SourceStream.MaxBytes)
{
    public const int MaxLine = 16 << 20;

    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private long _total;
    private bool _atEnd;

    /// <summary>Of the line last returned, from 1.</summary>
    public int Line { get; private set; }

    /// <summary>The next line; valid until the next call. Null at the end.</summary>
    public ReadOnlyMemory<byte>? Next()
    {
        var searched = 0;
        while (true)
        {
            var newline = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                return Take(searched + newline, 1);
            }

            searched = _end - _start;
            if (searched > MaxLine)
            {
                throw new PromptException($"{path}:{Line + 1}: the line is longer than 16 MiB; give one prompt a line");
            }

            if (!Fill())
            {
                // Not "null": that would become an empty memory, not the absence of one.
                return searched == 0 ? default(ReadOnlyMemory<byte>?) : Take(searched, 0);
            }
        }
    }

    /// <summary>Everything from the line last returned to the end, for documents that are not read line by line.</summary>
    public byte[] Document(ReadOnlyMemory<byte> line)
    {
        using var all = new MemoryStream();
        all.Write(line.Span);
        all.WriteByte((byte)'\n');
        do
        {
            all.Write(_buffer, _start, _end - _start);
            _start = _end;
        }
        while (Fill());

        return all.ToArray();
    }

    private ReadOnlyMemory<byte> Take(int length, int newline)
    {
        var line = _buffer.AsMemory(_start, length);
        _start += length + newline;
        Line++;
        if (Line == 1 && line.Span.StartsWith("\uFEFF"u8))
        {
            line = line[3..];
        }

        return line.Length > 0 && line.Span[^1] == '\r' ? line[..^1] : line;
    }

    private bool Fill()
    {
        if (_atEnd)
        {
            return false;
        }

        // A returned line lies before _start, so what it points to is moved over only here, in the next call.
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        int read;
        try
        {
            read = stream.Read(_buffer, _end, _buffer.Length - _end);
        }
        catch (InvalidDataException damaged)
        {
            throw new PromptException($"{path}:{Line + 1}: the gzip data is damaged; fetch the file again", damaged);
        }

        _total += read;
        if (_total > maxBytes)
        {
            throw new PromptException($"{path}: unpacks to more than {maxBytes >> 20} MiB; split it or keep the rows that are needed");
        }

        _end += read;
        _atEnd = read == 0;
        return !_atEnd;
    }
}
