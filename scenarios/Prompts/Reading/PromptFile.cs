using System.IO.Compression;
using System.Text;
using System.Text.Json;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Scenarios.Prompts.Reading;

/// <summary>
/// One file of prompts: bytes -> (gzip) -> lines or one JSON document -> rows. Line formats are streamed; a document is held in
/// memory once. Bounds: 256 MiB stored and unpacked, 16 MiB a line, 1,000,000 rows, JSON depth 64.
/// </summary>
internal static class PromptFile
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 64 };

    public static LoadedPrompts Read(IPromptFiles files, string path, RecordedFormat? format, int? limit)
    {
        using var source = new SourceStream(files.Open(path), path);
        if (source.StartsWith("PK\x03\x04"u8))
        {
            throw new PromptException($"{path}: is a zip archive; unpack it and name the file inside (gzip is read as it is)");
        }

        using var stream = source.StartsWith([0x1F, 0x8B]) ? new GZipStream(source, CompressionMode.Decompress, leaveOpen: true) : (Stream)source;
        var rows = new RowCollector(path, limit);
        ReadRows(new LineReader(stream, path), path, format, rows);
        rows.Check();
        return new LoadedPrompts(rows.Prompts, rows.Skipped, new SortedDictionary<string, string> { [path] = source.FinishHash() });
    }

    private static void ReadRows(LineReader lines, string path, RecordedFormat? format, RowCollector rows)
    {
        var first = lines.Next();
        while (first is { } blank && IsBlank(blank))
        {
            first = lines.Next();
        }

        if (first is not { } line)
        {
            return;
        }

        switch (format ?? Recognise(line, path))
        {
            case RecordedFormat.Text:
                ReadLines(line, lines, rows, TextRow);
                break;
            case RecordedFormat.Csv:
                CsvRows.Read(lines.Document(line), path, lines.Line, rows);
                break;
            case { } json when Starts(line, '[') || (json is RecordedFormat.ShareGpt or RecordedFormat.StringArray && !IsRow(line)):
                JsonDocumentRows.Read(lines.Document(line), path, lines.Line, format, rows);
                break;
            default:
                ReadLines(line, lines, rows, text => JsonLine(text, format));
                break;
        }
    }

    /// <summary>The family of formats: text, CSV, one JSON document (an array format stands for it) or JSON lines.</summary>
    private static RecordedFormat Recognise(ReadOnlyMemory<byte> line, string path)
    {
        var name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        if (name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
        {
            return RecordedFormat.Csv;
        }

        if (name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) || !(Starts(line, '[') || Starts(line, '{') || Starts(line, '"')))
        {
            return RecordedFormat.Text;
        }

        return IsRow(line) ? RecordedFormat.PromptLines : RecordedFormat.StringArray;
    }

    private static void ReadLines(
        ReadOnlyMemory<byte> first, LineReader lines, RowCollector rows, Func<ReadOnlyMemory<byte>, RowResult?> read)
    {
        for (ReadOnlyMemory<byte>? line = first; line is { } text && !rows.Full; line = lines.Next())
        {
            if (!IsBlank(text) && read(text) is { } row)
            {
                rows.Add(lines.Line, row);
            }
        }
    }

    /// <summary>Null for a comment.</summary>
    private static RowResult? TextRow(ReadOnlyMemory<byte> line)
    {
        if (Starts(line, '#'))
        {
            return null;
        }

        try
        {
            return RowResult.Text(StrictUtf8.GetString(line.Span));
        }
        catch (DecoderFallbackException)
        {
            return new RowResult.Unreadable("not valid UTF-8");
        }
    }

    /// <summary>Null for the first line of a trace in ChaosBench's own form, whose rows are prompts like others.</summary>
    private static RowResult? JsonLine(ReadOnlyMemory<byte> line, RecordedFormat? format)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Bounded);
            return document.RootElement is { ValueKind: JsonValueKind.Object } row && row.TryGetProperty("chaosbench", out var kind)
                && kind.ValueKind == JsonValueKind.String && kind.ValueEquals("trace")
                ? null : JsonRow.Read(document.RootElement, format);
        }
        catch (JsonException)
        {
            return new RowResult.Unreadable("not valid JSON");
        }
    }

    /// <summary>A JSON value of its own, and not a document that holds the rows inside.</summary>
    private static bool IsRow(ReadOnlyMemory<byte> line)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Bounded);
            return JsonRow.Read(document.RootElement, null) is RowResult.Read || !JsonDocumentRows.HoldsRows(document.RootElement);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsBlank(ReadOnlyMemory<byte> line) => line.Span.Trim(" \t\r"u8).IsEmpty;

    private static bool Starts(ReadOnlyMemory<byte> line, char letter)
    {
        var text = line.Span.TrimStart(" \t"u8);
        return !text.IsEmpty && text[0] == letter;
    }
}
