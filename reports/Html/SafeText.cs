using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace ChaosBench.Reports.Html;

/// <summary>Makes any string showable: what cannot be seen or would reorder the text is written out, as in <c>⟨U+202E⟩</c>.</summary>
internal static class SafeText
{
    /// <summary>Longer texts are cut and say so. A reason or an objective is a line, not a page.</summary>
    public const int MaxLength = 2000;

    /// <summary>More marks than this on one letter only paint over the neighbouring lines.</summary>
    private const int MaxMarks = 4;

    // Everything outside ASCII stays readable in the source; < > & " ' and the rest of HTML's syntax are always encoded.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Visible and encoded, for text nodes and quoted attributes alike.</summary>
    public static string Encode(string? text) => string.IsNullOrEmpty(text) ? "" : Encoder.Encode(Visible(text));

    /// <summary>Replaces control, format and separator characters and lone surrogates by their code points.</summary>
    public static string Visible(string text, int maxLength = MaxLength)
    {
        // Nearly every name is printable ASCII, and a journal holds millions of names.
        if (text.Length <= maxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var kept = Math.Min(text.Length, maxLength);
        if (kept < text.Length && char.IsHighSurrogate(text[kept - 1]))
        {
            kept--; // never cut a character in half
        }

        var seen = new StringBuilder(kept);
        var marks = 0;
        var at = 0;
        while (at < kept)
        {
            if (Rune.TryGetRuneAt(text, at, out var rune))
            {
                marks = IsMark(rune) ? marks + 1 : EndMarks(seen, marks);
                AppendVisible(seen, rune, marks);
                at += rune.Utf16SequenceLength;
            }
            else
            {
                marks = EndMarks(seen, marks);
                AppendCode(seen, text[at++]);
            }
        }

        EndMarks(seen, marks);
        if (kept < text.Length)
        {
            seen.Append(CultureInfo.InvariantCulture, $"… ({text.Length - kept:N0} more characters)");
        }

        return seen.ToString();
    }

    private static void AppendVisible(StringBuilder seen, Rune rune, int marks)
    {
        if (IsInvisible(rune))
        {
            AppendCode(seen, rune.Value);
        }
        else if (marks <= MaxMarks)
        {
            seen.Append(rune.ToString());
        }
    }

    private static int EndMarks(StringBuilder seen, int marks)
    {
        if (marks > MaxMarks)
        {
            seen.Append(CultureInfo.InvariantCulture, $"⟨{marks - MaxMarks} more marks⟩");
        }

        return 0;
    }

    private static void AppendCode(StringBuilder seen, int value) => seen.Append(CultureInfo.InvariantCulture, $"⟨U+{value:X4}⟩");

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark;

    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or
        UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
