using System.Buffers;
using System.Text;

namespace ChaosBench.Scenarios.Files.Yaml;

/// <summary>Bytes of a scenario file to text, refusing what hides from the reader of a pull request.</summary>
internal static class SourceText
{
    public const int LargestFile = 1 << 20;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Null after reporting a problem.</summary>
    public static string? Read(ReadOnlySpan<byte> bytes, Reading reading)
    {
        if (bytes.Length > LargestFile)
        {
            reading.Report(new Place(1, 1), "the file is larger than 1 MiB",
                "keep prompts in files of their own and name them under prompts:");
            return null;
        }

        if (bytes.StartsWith("\uFEFF"u8))
        {
            bytes = bytes[3..];
        }

        if (FirstBadByte(bytes) is { } bad)
        {
            var isUtf16 = bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, _, ..] or [_, 0, ..];
            reading.Report(PlaceOf(bytes, bad), "the file is not UTF-8" + (isUtf16 ? "; it looks like UTF-16" : ""), "save it as UTF-8");
            return null;
        }

        var text = Strict.GetString(bytes);
        return FirstHidden(text, reading) ? null : text;
    }

    private static int? FirstBadByte(ReadOnlySpan<byte> bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            if (bytes[at] is > 0 and < 0x80)
            {
                at++;
                continue;
            }

            // A NUL is UTF-8, but at the start it says UTF-16; later ones are told as invisible characters.
            if ((bytes[at] == 0 && at < 2) || Rune.DecodeFromUtf8(bytes[at..], out _, out var length) != OperationStatus.Done)
            {
                return at;
            }

            at += length;
        }

        return null;
    }

    /// <summary>Control and direction characters could make the file read otherwise than it acts.</summary>
    private static bool FirstHidden(string text, Reading reading)
    {
        var (line, column) = (1, 1);
        for (var at = 0; at < text.Length; at++)
        {
            var letter = text[at];
            if (letter == '\n')
            {
                (line, column) = (line + 1, 1);
                continue;
            }

            if (letter == '\r')
            {
                if (at + 1 == text.Length || text[at + 1] != '\n')
                {
                    reading.Report(new Place(line, column), "a carriage return without a line feed", "end lines with LF or CRLF");
                    return true;
                }

                continue;
            }

            var rune = char.IsHighSurrogate(letter) ? new Rune(letter, text[++at]) : new Rune(letter);
            if (letter != '\t' && Shown.IsInvisible(rune))
            {
                reading.Report(
                    new Place(line, column), FormattableString.Invariant($"the invisible character U+{rune.Value:X4}"),
                    FormattableString.Invariant($"remove it, or write it as an escape in double quotes: \"{Escape(rune)}\""));
                return true;
            }

            column++;
        }

        return false;
    }

    private static string Escape(Rune rune) => rune.Value switch
    {
        < 0x100 => FormattableString.Invariant($@"\x{rune.Value:x2}"),
        < 0x10000 => FormattableString.Invariant($@"\u{rune.Value:x4}"),
        _ => FormattableString.Invariant($@"\U{rune.Value:x8}"),
    };

    private static Place PlaceOf(ReadOnlySpan<byte> bytes, int at)
    {
        var before = bytes[..at];
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new Place(before.Count((byte)'\n') + 1, at - lineStart + 1);
    }
}
