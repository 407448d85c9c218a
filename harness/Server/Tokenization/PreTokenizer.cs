using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ChaosBench.Server.Tokenization;

/// <summary>
/// Cuts text into the pieces inside which merges happen: a chain of patterns, each applied to the pieces of the one before.
/// Matches and the gaps between them are pieces (the "Isolated" behaviour of tokenizer.json).
/// </summary>
internal sealed class PreTokenizer(IReadOnlyList<Regex> patterns, bool addPrefixSpace)
{
    /// <summary>Bound for a pattern that backtracks without end on hostile text; 1 MB of text takes some 50 ms in ordinary ones.</summary>
    public static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(2);

    // .NET matches UTF-16 units, tokenizer.json means code points. A character beyond the BMP is therefore matched through a
    // stand-in of one unit and the same general category, in a shadow of the text with an index back.
    private static readonly char[] StandIns = BuildStandIns();

    /// <summary>Start and length of each piece, in order and without holes.</summary>
    /// <exception cref="RegexMatchTimeoutException">A pattern of the model backtracks too long.</exception>
    public void Split(string text, Action<ReadOnlySpan<char>> piece)
    {
        if (addPrefixSpace && text.Length > 0 && !char.IsWhiteSpace(text[0]))
        {
            text = " " + text;
        }

        var (shadow, offsets) = Shadow(text);
        var cuts = new List<int> { 0, shadow.Length };
        foreach (var pattern in patterns)
        {
            cuts = Refine(pattern, shadow, cuts);
        }

        for (var i = 0; i + 1 < cuts.Count; i++)
        {
            var from = offsets is null ? cuts[i] : offsets[cuts[i]];
            var to = offsets is null ? cuts[i + 1] : offsets[cuts[i + 1]];
            if (to > from)
            {
                piece(text.AsSpan(from, to - from));
            }
        }
    }

    private static List<int> Refine(Regex pattern, string text, List<int> cuts)
    {
        var finer = new List<int> { 0 };
        void Cut(int at)
        {
            if (at > finer[^1])
            {
                finer.Add(at);
            }
        }

        for (var i = 0; i + 1 < cuts.Count; i++)
        {
            foreach (var match in pattern.EnumerateMatches(text.AsSpan(cuts[i], cuts[i + 1] - cuts[i])))
            {
                Cut(cuts[i] + match.Index);
                Cut(cuts[i] + match.Index + match.Length);
            }

            Cut(cuts[i + 1]);
        }

        return finer;
    }

    private static (string Text, int[]? Offsets) Shadow(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return (text, null);
        }

        var shadow = new StringBuilder(text.Length);
        var offsets = new List<int>(text.Length + 1);
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            offsets.Add(at);
            shadow.Append(rune.IsBmp ? (char)rune.Value : StandIns[(int)Rune.GetUnicodeCategory(rune)]);
            at += rune.Utf16SequenceLength;
        }

        offsets.Add(at);
        return (shadow.ToString(), [.. offsets]);
    }

    private static char[] BuildStandIns()
    {
        // Above Latin-1, so that classes like [a-z] or [^\x00-\xFF] treat a stand-in as they would treat the character.
        var table = new char[(int)UnicodeCategory.OtherNotAssigned + 1];
        Array.Fill(table, '\uFFFD');
        for (var c = 0xFFFD; c >= 0x250; c--)
        {
            table[(int)CharUnicodeInfo.GetUnicodeCategory((char)c)] = (char)c;
        }

        table[(int)UnicodeCategory.Surrogate] = '\uFFFD';
        return table;
    }
}
