using System.Text;

namespace ChaosBench.Reports.Writers;

/// <summary>
/// Hostile text made harmless in GitHub-flavoured Markdown: no HTML, no links, no mentions, no table breaks, no hidden direction marks.
/// </summary>
internal static class Markdown
{
    private const string Special = "\\`*_{}[]<>|~$!&";
    private const int Longest = 600;

    /// <summary>For running text and table cells.</summary>
    public static string Text(string hostile)
    {
        var text = new StringBuilder();
        foreach (var letter in Plain(hostile))
        {
            _ = letter switch
            {
                '<' => text.Append("&lt;"),
                '>' => text.Append("&gt;"),
                '&' => text.Append("&amp;"),

                // A zero-width space keeps the sign and breaks the mention or the issue link.
                '@' or '#' => text.Append(letter).Append('\u200b'),
                '\'' or '"' => text.Append(letter),
                _ when Special.Contains(letter, StringComparison.Ordinal) => text.Append('\\').Append(letter),
                _ => text.Append(letter),
            };
        }

        // Bare addresses would become links.
        return text.Replace("://", "&#58;//").Replace("www.", "www&#46;").ToString();
    }

    /// <summary>In a code span nothing is markup except the backtick, and the pipe in a table.</summary>
    public static string Code(string hostile)
    {
        var plain = Plain(hostile).Replace('`', '\'').Replace("|", "\\|", StringComparison.Ordinal).Trim();
        return plain.Length == 0 ? "` `" : $"`{plain}`";
    }

    /// <summary>One line, no control or format characters (bidi marks, zero width), no lone surrogates, bounded.</summary>
    public static string Plain(string hostile)
    {
        var text = new StringBuilder();
        foreach (var rune in hostile.EnumerateRunes())
        {
            if (text.Length >= Longest)
            {
                return text.Append('…').ToString();
            }

            var keep = Rune.GetUnicodeCategory(rune) is not (System.Globalization.UnicodeCategory.Control
                or System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator
                or System.Globalization.UnicodeCategory.ParagraphSeparator);
            text.Append(keep ? rune.ToString() : rune.Value is '\n' or '\r' or '\t' ? " " : "");
        }

        return text.ToString();
    }
}
