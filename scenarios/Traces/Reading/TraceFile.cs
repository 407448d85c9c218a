using System.IO.Compression;
using System.Text;
using ChaosBench.Scenarios.Prompts;
using ChaosBench.Scenarios.Prompts.Reading;

namespace ChaosBench.Scenarios.Traces.Reading;

/// <summary>The beginning of a file, by which its format is told.</summary>
/// <param name="Path">As the user named it.</param>
/// <param name="Text">At most the first 64 KiB, unpacked, without byte order mark.</param>
public sealed record TraceHead(string Path, string Text)
{
    /// <summary>The first line that is not blank, trimmed.</summary>
    public string FirstLine => Text.Split('\n', '\r').FirstOrDefault(line => !string.IsNullOrWhiteSpace(line))?.Trim() ?? "";

    public bool Has(string text) => Text.Contains(text, StringComparison.Ordinal);
}

/// <summary>
/// One file of traffic for one pass: bytes as stored -> (gzip) -> lines, CSV records or JSON elements. Only one line, record or
/// element is held at a time, at most 16 MiB (elements: 64 MiB), so a file of any size is read in bounded memory.
/// </summary>
public sealed class TraceFile : IDisposable
{
    /// <summary>Stored or unpacked: beyond it a file is a mistake or a bomb.</summary>
    public const long MaxBytes = 1L << 40;

    private const int HeadBytes = 64 << 10;
    private readonly SourceStream _source;
    private readonly Stream _content;

    private TraceFile(string path, SourceStream source, Stream content, byte[] head)
    {
        Path = path;
        _source = source;
        _content = content;
        Head = new TraceHead(path, Encoding.UTF8.GetString(head).TrimStart('\uFEFF'));
    }

    public string Path { get; }

    public TraceHead Head { get; }

    /// <summary>
    /// Throws <see cref="PromptException"/> for a file that is empty, a zip archive, UTF-16 or cannot be opened.
    /// </summary>
    public static TraceFile Open(IPromptFiles files, string path)
    {
        var source = new SourceStream(files.Open(path), path, MaxBytes);
        try
        {
            if (source.StartsWith("PK\x03\x04"u8))
            {
                throw new PromptException(
                    $"{path}: is a zip archive; unpack it and name the file inside (gzip is read as it is)");
            }

            var isPacked = source.StartsWith([0x1F, 0x8B]);
            var content = new UnpackedStream(
                isPacked ? new GZipStream(source, CompressionMode.Decompress, leaveOpen: true) : source, path);
            var head = new byte[HeadBytes];
            var length = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            head = head[..length];
            return head is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..]
                ? throw new PromptException($"{path}:1: is UTF-16; save it as UTF-8")
                : new TraceFile(path, source, new HeadedStream(head, content), head);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Lines with their numbers, without their ends (LF, CR LF or CR, also mixed) and without blank ones.</summary>
    internal IEnumerable<(int Line, ReadOnlyMemory<byte> Text)> Lines()
    {
        var lines = new LineReader(_content, Path, MaxBytes);
        while (lines.Next() is { } line)
        {
            // A lone CR cannot stand inside a JSON text or a number, so it ends a line here.
            while (line.Span.IndexOf((byte)'\r') is >= 0 and var cut)
            {
                if (!IsBlank(line[..cut]))
                {
                    yield return (lines.Line, line[..cut]);
                }

                line = line[(cut + 1)..];
            }

            if (!IsBlank(line))
            {
                yield return (lines.Line, line);
            }
        }
    }

    internal IEnumerable<(int Line, List<string> Fields)> Records()
    {
        using var text = new StreamReader(_content, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, 1 << 16, leaveOpen: true);
        foreach (var record in CsvRecords.Read(text, Path, 1))
        {
            yield return record;
        }
    }

    /// <inheritdoc cref="JsonElements"/>
    internal IEnumerable<JsonElements.Part> Elements(params string[] arrays) => new JsonElements(_content, Path, arrays).Read();

    internal TextReader Text() => new StreamReader(_content, Encoding.UTF8, true, 1 << 16, leaveOpen: true);

    /// <summary>Reads what is left, so that it is of the whole file as stored. Lower-case hex SHA-256.</summary>
    public string FinishHash() => _source.FinishHash();

    public void Dispose()
    {
        _content.Dispose();
        _source.Dispose();
    }

    private static bool IsBlank(ReadOnlyMemory<byte> line) => line.Span.Trim(" \t"u8).IsEmpty;

    /// <summary>Bytes that were looked at, and then the rest.</summary>
    private sealed class HeadedStream(byte[] head, Stream rest) : ForwardStream(rest)
    {
        private int _at;

        public override int Read(Span<byte> buffer)
        {
            if (_at == head.Length)
            {
                return Inner.Read(buffer);
            }

            var part = Math.Min(buffer.Length, head.Length - _at);
            head.AsSpan(_at, part).CopyTo(buffer);
            _at += part;
            return part;
        }
    }
}
