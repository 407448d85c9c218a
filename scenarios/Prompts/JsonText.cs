using System.Buffers;
using System.Globalization;
using System.Text;

namespace ChaosBench.Scenarios.Prompts;

/// <summary>
/// JSON strings that lose nothing. <see cref="System.Text.Json"/> replaces or refuses lone surrogates; hostile prompts need them on
/// the wire as <c>\uD83D</c>.
/// </summary>
public static class JsonText
{
    /// <summary>What JSON wants escaped: quote, backslash, control characters.</summary>
    private static readonly SearchValues<char> Special = SearchValues.Create(
        ['"', '\\', .. Enumerable.Range(0, 0x20).Select(control => (char)control)]);

    private static readonly SearchValues<char> Surrogates = SearchValues.Create([.. Enumerable.Range(0xD800, 0x800).Select(half => (char)half)]);

    /// <summary>Characters looked at together; a text full of escapes must not be read to its end for each of them.</summary>
    private const int Window = 1024;

    /// <summary>Writes a quoted JSON string: valid UTF-8 whatever <paramref name="text"/> holds.</summary>
    public static void WriteString(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        Write(output, "\""u8);
        while (!text.IsEmpty)
        {
            var plain = PlainLength(text[..Math.Min(text.Length, Window)]);
            if (plain > 0)
            {
                Encoding.UTF8.GetBytes(text[..plain], output);
                text = text[plain..];
                continue;
            }

            WriteEscape(output, text[0]);
            text = text[1..];
        }

        Write(output, "\""u8);
    }

    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes) => output.Write(bytes);

    /// <summary>
    /// The text of a JSON string literal, quotes included, with lone surrogates kept. Null when an escape is broken or the bytes
    /// are not UTF-8.
    /// </summary>
    public static string? ReadString(string literal)
    {
        var text = new StringBuilder(literal.Length);
        for (var at = 1; at < literal.Length - 1; at++)
        {
            if (literal[at] != '\\')
            {
                text.Append(literal[at]);
                continue;
            }

            at++;
            switch (literal[at])
            {
                case 'b': text.Append('\b'); break;
                case 'f': text.Append('\f'); break;
                case 'n': text.Append('\n'); break;
                case 'r': text.Append('\r'); break;
                case 't': text.Append('\t'); break;
                case 'u' when at + 4 < literal.Length
                    && ushort.TryParse(literal.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit):
                    text.Append((char)unit);
                    at += 4;
                    break;
                case '"' or '\\' or '/': text.Append(literal[at]); break;
                default: return null;
            }
        }

        return text.ToString();
    }

    /// <summary>How many leading characters need no escape; a surrogate pair counts as two.</summary>
    private static int PlainLength(ReadOnlySpan<char> text)
    {
        var special = text.IndexOfAny(Special);
        var plain = special < 0 ? text : text[..special];
        var at = plain.IndexOfAny(Surrogates);
        if (at < 0)
        {
            return plain.Length;
        }

        while (at < plain.Length)
        {
            if (!char.IsSurrogate(plain[at]))
            {
                at++;
            }
            else if (at + 1 < plain.Length && char.IsSurrogatePair(plain[at], plain[at + 1]))
            {
                at += 2;
            }
            else
            {
                return at;
            }
        }

        return at;
    }

    private static void WriteEscape(IBufferWriter<byte> output, char letter)
    {
        switch (letter)
        {
            case '"': Write(output, "\\\""u8); break;
            case '\\': Write(output, "\\\\"u8); break;
            case '\n': Write(output, "\\n"u8); break;
            case '\r': Write(output, "\\r"u8); break;
            case '\t': Write(output, "\\t"u8); break;
            default:
                const string Hex = "0123456789ABCDEF";
                ReadOnlySpan<byte> escape =
                [
                    (byte)'\\', (byte)'u', (byte)Hex[letter >> 12], (byte)Hex[(letter >> 8) & 15],
                    (byte)Hex[(letter >> 4) & 15], (byte)Hex[letter & 15],
                ];
                Write(output, escape);
                break;
        }
    }
}
