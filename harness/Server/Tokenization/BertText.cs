using System.Globalization;
using System.Text;

namespace ChaosBench.Server.Tokenization;

/// <summary>
/// The two steps before WordPiece, as the reference tokenizer of BERT takes them: cleaning (control characters out, blanks to
/// spaces, CJK characters apart, accents off, lower case) and cutting at spaces and around punctuation.
/// </summary>
internal sealed record BertText(bool Clean, bool SeparateChinese, bool StripAccents, bool LowerCase)
{
    /// <summary>What a model without a file that says otherwise was trained on.</summary>
    public static BertText For(bool lowerCase) => new(Clean: true, SeparateChinese: true, StripAccents: lowerCase, LowerCase: lowerCase);

    /// <summary>The words, in order. Lone surrogates become U+FFFD, which cleaning takes out.</summary>
    public IEnumerable<string> Words(string text)
    {
        var word = new StringBuilder();
        foreach (var rune in Normalize(text).EnumerateRunes())
        {
            var alone = IsPunctuation(rune);
            if ((alone || Rune.IsWhiteSpace(rune)) && word.Length > 0)
            {
                yield return word.ToString();
                word.Clear();
            }

            if (alone)
            {
                yield return rune.ToString();
            }
            else if (!Rune.IsWhiteSpace(rune))
            {
                word.Append(rune.ToString());
            }
        }

        if (word.Length > 0)
        {
            yield return word.ToString();
        }
    }

    private string Normalize(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Clean && IsDropped(rune))
            {
                continue;
            }

            var apart = SeparateChinese && IsChinese(rune.Value);
            clean.Append(apart ? " " : "").Append(Clean && Rune.IsWhiteSpace(rune) ? " " : rune.ToString()).Append(apart ? " " : "");
        }

        if (!StripAccents && !LowerCase)
        {
            return clean.ToString();
        }

        var done = new StringBuilder(clean.Length);
        foreach (var rune in (StripAccents ? WithoutAccents(clean.ToString()) : clean.ToString()).EnumerateRunes())
        {
            done.Append(LowerCase ? Lower(rune) : rune.ToString());
        }

        return done.ToString();
    }

    private static string WithoutAccents(string text)
    {
        var bare = new StringBuilder(text.Length);
        foreach (var rune in CanonicalForm.Decompose(text).EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
            {
                bare.Append(rune.ToString());
            }
        }

        return bare.ToString();
    }

    /// <summary>By the character and not by the word: a sigma at the end stays the one of the middle. U+0130 is the only one that grows.</summary>
    private static string Lower(Rune rune) => rune.Value == 0x130 ? "i\u0307" : Rune.ToLowerInvariant(rune).ToString();

    private static bool IsDropped(Rune rune) => rune.Value is 0 or 0xFFFD
        || (rune.Value is not ('\t' or '\n' or '\r')
            && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse);

    /// <summary>All of ASCII that is neither letter, digit nor blank, also what Unicode calls a symbol.</summary>
    private static bool IsPunctuation(Rune rune) => rune.IsAscii
        ? rune.Value is (>= 33 and <= 47) or (>= 58 and <= 64) or (>= 91 and <= 96) or (>= 123 and <= 126)
        : Rune.IsPunctuation(rune);

    /// <summary>The blocks of BERT's own tokenizer: CJK ideographs, neither kana nor hangul.</summary>
    private static bool IsChinese(int code) => code
        is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2B73F)
        or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);
}
