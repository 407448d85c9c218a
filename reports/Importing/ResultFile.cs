using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ChaosBench.Reports.Importing;

/// <summary>A result file in memory, looked at as JSON, as lines of JSON, or as lines of text. Sizes and counts are bounded.</summary>
public sealed class ResultFile
{
    /// <summary>Larger files are refused: a run of a million requests with every gap is about as large.</summary>
    public const long MaxBytes = 256L << 20;
    internal const int MaxLines = 4_000_000;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    private readonly ReadOnlyMemory<byte> _text;
    private readonly Lazy<(JsonElement? Root, ImportException? Problem)> _whole;
    private readonly Lazy<IReadOnlyList<TextLine>> _lines;
    private readonly Lazy<JsonElement?> _first;

    /// <param name="name">As the user named it; every message begins with it.</param>
    public ResultFile(string name, ReadOnlyMemory<byte> bytes)
    {
        Name = name;
        Bytes = bytes.Length;
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        _text = bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        _whole = new(() => Parsed(_text, 1));
        _lines = new(Split);
        _first = new(First);
    }

    public string Name { get; }
    public long Bytes { get; }
    public string Sha256 { get; }

    /// <summary>The file's own name without folder and ending.</summary>
    public string Stem => Path.GetFileNameWithoutExtension(Name);

    /// <summary>The first byte that is no space, or 0.</summary>
    public byte Begins => _text.Span.TrimStart(" \t\r\n"u8) is [var first, ..] ? first : (byte)0;

    /// <summary>The first value of the file, be it the only one or one a line. Null: it is no JSON, or broken from the start.</summary>
    public JsonElement? FirstValue => _first.Value;

    /// <summary>Without its end; empty of an empty file.</summary>
    public string FirstLine => Lines.Count > 0 ? Lines[0].Text : "";

    /// <summary>Every line; the last one may have no end, see <see cref="TextLine.Ended"/>.</summary>
    public IReadOnlyList<TextLine> Lines => _lines.Value;

    /// <summary>One value a line, and more than one line or one that ends where the value does.</summary>
    public bool IsJsonLines => Begins == '{' && _whole.Value.Root is null && Lines.Count > 0 && Parsed(Encoding.UTF8.GetBytes(Lines[0].Text), 1).Root is not null;

    /// <summary>The whole file as one value. Throws <see cref="ImportException"/> with line and column.</summary>
    public JsonAt Json() => _whole.Value switch
    {
        (JsonElement root, _) => new JsonAt(this, root, "$"),
        (_, var problem) => throw problem!,
    };

    /// <summary>
    /// One value a line. A last line that was cut is left out and told by <paramref name="cut"/>; a broken one before it throws.
    /// </summary>
    public IReadOnlyList<JsonAt> JsonLines(out string? cut)
    {
        cut = null;
        var values = new List<JsonAt>();
        foreach (var line in Lines)
        {
            if (string.IsNullOrWhiteSpace(line.Text))
            {
                continue;
            }

            var (root, problem) = Parsed(Encoding.UTF8.GetBytes(line.Text), line.Number);
            if (root is { } value)
            {
                values.Add(new JsonAt(this, value, FormattableString.Invariant($"{line.Number}: $")));
            }
            else if (!line.Ended && values.Count > 0)
            {
                cut = FormattableString.Invariant($"the last line ({line.Number}) is cut; the {values.Count} before it were read");
            }
            else
            {
                throw problem!;
            }
        }

        return values.Count > 0 ? values : throw new ImportException($"{Name}: the file is empty; name one that the tool has finished");
    }

    /// <summary>The value that stands in a line after so many characters. Throws <see cref="ImportException"/>.</summary>
    internal JsonAt Value(TextLine line, int from)
    {
        var (root, problem) = Parsed(Encoding.UTF8.GetBytes(line.Text[from..]), line.Number);
        return new JsonAt(this, root ?? throw problem!, FormattableString.Invariant($"{line.Number}: $"));
    }

    /// <summary>It begins like JSON and is none. Null: it is some, or begins like none.</summary>
    internal ImportException? Broken => Begins is (byte)'{' or (byte)'[' && FirstValue is null ? _whole.Value.Problem : null;

    private JsonElement? First() =>
        Begins is not ((byte)'{' or (byte)'[') ? null : _whole.Value.Root ?? (Lines.Count == 0 ? null : Parsed(Encoding.UTF8.GetBytes(Lines[0].Text), 1).Root);

    private (JsonElement? Root, ImportException? Problem) Parsed(ReadOnlyMemory<byte> text, int line)
    {
        if (!Utf8.IsValid(text.Span))
        {
            return (null, new ImportException(FormattableString.Invariant($"{Name}:{line + BadLine(text.Span)}: no text in UTF-8; name the file as the tool wrote it")));
        }

        try
        {
            return (JsonElement.Parse(text.Span, Strict), null);
        }
        catch (JsonException broken)
        {
            var at = FormattableString.Invariant($"{line + (broken.LineNumber ?? 0)}:{(broken.BytePositionInLine ?? 0) + 1}");
            return (null, new ImportException($"{Name}:{at}: no whole JSON: {Why(broken)}; name the file as the tool wrote it, to its end"));
        }
    }

    /// <summary>Lines before the first that is no UTF-8.</summary>
    private static int BadLine(ReadOnlySpan<byte> text)
    {
        var lines = 0;
        foreach (var range in text.Split((byte)'\n'))
        {
            if (!Utf8.IsValid(text[range]))
            {
                break;
            }

            lines++;
        }

        return lines;
    }

    private static string Why(JsonException broken)
    {
        var text = broken.Message.ReplaceLineEndings(" ");
        var place = text.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (place > 0 ? text[..place] : text).TrimEnd('.', ' ');
    }

    private List<TextLine> Split()
    {
        var lines = new List<TextLine>();
        for (var rest = _text; rest.Length > 0;)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var length = end < 0 ? rest.Length : end;
            if (lines.Count == MaxLines)
            {
                throw new ImportException(FormattableString.Invariant($"{Name}:{lines.Count + 1}: more than {MaxLines} lines; no tool writes results like this"));
            }

            // Locust ends its lines in CR CR LF.
            lines.Add(new TextLine(lines.Count + 1, Encoding.UTF8.GetString(rest.Span[..length].TrimEnd((byte)'\r')), end >= 0));
            rest = end < 0 ? ReadOnlyMemory<byte>.Empty : rest[(end + 1)..];
        }

        return lines;
    }
}

/// <param name="Number">From 1.</param>
/// <param name="Ended">False: the file stops here without the end of a line.</param>
public sealed record TextLine(int Number, string Text, bool Ended);
