using System.Globalization;
using System.Text;

namespace ChaosBench.Harness;

/// <summary>Makes text from files, models and servers safe to show: a terminal obeys escape sequences, a person is fooled by bidi.</summary>
public static class Printable
{
    /// <summary>One line; control and direction characters become visible, everything past <paramref name="limit"/> is cut.</summary>
    public static string Line(string text, int limit = 2_000)
    {
        var safe = new StringBuilder(Math.Min(text.Length, limit));
        foreach (var rune in text.EnumerateRunes())
        {
            if (safe.Length >= limit)
            {
                safe.Append('…');
                break;
            }

            if (rune.Value == '\n')
            {
                safe.Append("\\n");
            }
            else if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate)
            {
                safe.Append(CultureInfo.InvariantCulture, $"<U+{rune.Value:X4}>");
            }
            else
            {
                safe.Append(rune);
            }
        }

        return safe.ToString();
    }
}
