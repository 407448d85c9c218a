using System.IO.Compression;
using System.Text.Json;

namespace ChaosBench.Reports.Journal;

/// <summary>
/// Streams the events of a journal. A cut last line is tolerated and told (<see cref="Truncated"/>); any other line that does not read
/// ends it with a <see cref="JournalException"/> that says <c>file:line</c>.
/// </summary>
public sealed class JournalReader : IDisposable
{
    private const int Chunk = 64 * 1024;
    private readonly Stream _stream;
    private readonly bool _packed;
    private readonly string _place;
    private readonly QuickLine _quick = new();
    private byte[] _buffer = new byte[Chunk];
    private int _start;
    private int _end;
    private bool _over;

    /// <param name="ahead">Unpack on another core while this one reads lines.</param>
    internal JournalReader(Stream stream, string place, bool ahead = false)
    {
        _place = place;
        _packed = place.EndsWith(".gz", StringComparison.Ordinal);
        var plain = _packed ? new GZipStream(stream, CompressionMode.Decompress) : stream;
        _stream = ahead ? new AheadStream(plain) : plain;
    }

    /// <summary>The file breaks off in the middle of a line or of its compression. Known once everything was read.</summary>
    public bool Truncated { get; private set; }

    /// <summary>All events, once.</summary>
    public IEnumerable<JournalEvent> Events()
    {
        var number = 0;
        while (Next() is { } line)
        {
            number++;
            if (Parse(line.Bytes, line.Ended, number) is { } entry)
            {
                yield return entry;
            }
        }
    }

    /// <summary>
    /// The next line as it stands, without its end; null after the last. It lives until the next call. A line that the file's end cuts
    /// is left out and told (<see cref="Truncated"/>). Do not mix with <see cref="Events"/>.
    /// </summary>
    internal ReadOnlyMemory<byte>? NextRaw()
    {
        if (Next() is not { } line)
        {
            return null;
        }

        if (line.Ended)
        {
            return line.Bytes;
        }

        // Whole but for its end? Only a line that reads says so.
        return Parse(line.Bytes, ended: false, number: 2) is null ? (ReadOnlyMemory<byte>?)null : line.Bytes;
    }

    public void Dispose() => _stream.Dispose();

    private JournalEvent? Parse(ReadOnlyMemory<byte> line, bool ended, int number)
    {
        try
        {
            if (number == 1)
            {
                RefuseNewer(line);
            }

            var entry = _quick.Read(line.Span) ?? JournalFile.FromLine(line.Span);
            return number > 1 || entry is JournalEvent.RunStarted
                ? entry
                : throw new JournalException($"{_place}:1: the first line is not the start of a run; this is not a "
                    + "journal, or its beginning is missing");
        }
        catch (Exception broken) when (broken is JsonException or NotSupportedException or InvalidOperationException or FormatException)
        {
            if (!ended)
            {
                Truncated = true;
                return null;
            }

            throw new JournalException($"{_place}:{number}: this line is no event: {OneLine(broken.Message)}", broken);
        }
    }

    private void RefuseNewer(ReadOnlyMemory<byte> line)
    {
        using var document = JsonDocument.Parse(line);
        var schema = document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("schema", out var field) && field.TryGetInt32(out var known) ? known : 0;
        if (schema > JournalFile.CurrentSchema)
        {
            throw new JournalException(
                $"{_place}:1: this journal has schema {schema} and this chaosbench reads up to "
                    + $"{JournalFile.CurrentSchema}; use a newer chaosbench");
        }
    }

    /// <summary>The next line that is not empty, and whether it had its end. Null at the end of the file.</summary>
    private (ReadOnlyMemory<byte> Bytes, bool Ended)? Next()
    {
        var scanned = _start;
        while (true)
        {
            var at = _buffer.AsSpan(scanned, _end - scanned).IndexOf((byte)'\n');
            if (at >= 0)
            {
                var line = _buffer.AsMemory(_start, scanned + at - _start);
                _start = scanned + at + 1;
                if (!line.IsEmpty)
                {
                    return (line, true);
                }

                scanned = _start;
                continue;
            }

            scanned = _end - _start;
            if (_over || !Fill())
            {
                var rest = _buffer.AsMemory(_start, _end - _start);
                _start = _end;
                return rest.IsEmpty ? null : (rest, false);
            }

            scanned += _start;
        }
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= JournalFile.MaxLineBytes)
            {
                throw new JournalException($"{_place}: a line is longer than {JournalFile.MaxLineBytes} bytes; this is not "
                    + "a journal");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        try
        {
            var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            _over = read == 0;
            return read > 0;
        }
        catch (InvalidDataException) when (_packed)
        {
            _over = true;
            Truncated = true;
            return false;
        }
        catch (IOException broken)
        {
            throw new JournalException($"{_place}: cannot be read: {broken.Message}", broken);
        }
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
