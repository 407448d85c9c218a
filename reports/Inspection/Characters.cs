using System.Globalization;
using System.Text;

namespace ChaosBench.Reports.Inspection;

/// <summary>Characters that nobody typed, by the trace that they leave in text.</summary>
internal static class Characters
{
    /// <summary>Code and words of each trace, in the order of reports.</summary>
    public static IReadOnlyList<(string Code, string Words, Func<string, bool> IsIn)> Traces { get; } =
    [
        ("lone-surrogates", "hold half of a character (lone surrogates): they cannot be sent as UTF-8", static text => HasRune(text, static rune => false, lone: true)),
        ("replacement-characters", "hold U+FFFD: something was lost when they were decoded", static text => text.Contains('\uFFFD', StringComparison.Ordinal)),
        ("mojibake", "look like UTF-8 that was read as Latin-1 (Ã©, â€™)", static text => IsMojibake(text) || text.Contains("â€", StringComparison.Ordinal)),
        ("control-characters", "hold control characters beside line ends and tabs", static text => text.Any(static letter => char.IsControl(letter) && letter is not ('\n' or '\r' or '\t'))),
        ("bidirectional-controls", "hold characters that turn the direction of text", static text => text.Any(static letter => letter is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'))),
        ("invisible-characters", "hold invisible characters (zero-width, tags, byte order marks)", static text => HasRune(text, static rune => rune.Value is 0x200B or 0x2060 or 0xFEFF or 0x00AD or (>= 0xE0000 and <= 0xE007F), lone: false)),
        ("private-use", "hold private-use or unassigned characters", static text => HasRune(text, static rune => Rune.GetUnicodeCategory(rune) is UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned, lone: false)),
        ("mixed-scripts", "hold words of Latin mixed with Cyrillic or Greek letters (look-alikes)", MixesScripts),
    ];

    private static bool IsMojibake(string text)
    {
        for (var at = text.IndexOf('Ã', StringComparison.Ordinal); at >= 0 && at + 1 < text.Length; at = text.IndexOf('Ã', at + 1))
        {
            if (text[at + 1] is >= '\u0080' and <= '\u00BF')
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasRune(string text, Func<Rune, bool> wanted, bool lone)
    {
        for (var at = 0; at < text.Length;)
        {
            if (!Rune.TryGetRuneAt(text, at, out var rune))
            {
                if (lone)
                {
                    return true;
                }

                at++;
                continue;
            }

            if (wanted(rune))
            {
                return true;
            }

            at += rune.Utf16SequenceLength;
        }

        return false;
    }

    private static bool MixesScripts(string text)
    {
        var (latin, other) = (false, false);
        foreach (var letter in text)
        {
            if (!char.IsLetter(letter))
            {
                (latin, other) = (false, false);
                continue;
            }

            latin |= letter < 0x250;
            other |= letter is >= '\u0370' and < '\u0530';
            if (latin && other && letter != 'µ')
            {
                return true;
            }
        }

        return false;
    }
}
