using System.Text;

namespace ChaosBench.Server.Guardrails;

/// <summary>What a text holds that a reader does not see.</summary>
[Flags]
internal enum TextTraits
{
    None = 0,
    LoneSurrogate = 1,
    Control = 2,
    Invisible = 4,
}

/// <summary>Finds and takes out characters by what they are. Linear in the text's length.</summary>
internal static class TextScan
{
    public static TextTraits Of(string text)
    {
        var traits = TextTraits.None;
        for (var at = 0; at < text.Length; at++)
        {
            // Printable ASCII is most of it.
            if (text[at] is >= ' ' and < '\u007f')
            {
                continue;
            }

            traits |= TraitAt(text, ref at);
        }

        return traits;
    }

    /// <summary>Without characters of these traits; lone surrogates become U+FFFD.</summary>
    public static string Without(string text, TextTraits unwanted)
    {
        var clean = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            var from = at;
            var trait = TraitAt(text, ref at);
            if ((trait & unwanted) == 0)
            {
                clean.Append(text, from, at - from + 1);
            }
            else if (trait == TextTraits.LoneSurrogate)
            {
                clean.Append('\ufffd');
            }
        }

        return clean.ToString();
    }

    /// <param name="at">Ends on the character's last unit.</param>
    private static TextTraits TraitAt(string text, ref int at)
    {
        if (!Rune.TryGetRuneAt(text, at, out var rune))
        {
            return TextTraits.LoneSurrogate;
        }

        at += rune.Utf16SequenceLength - 1;
        return rune.Value switch
        {
            '\t' or '\n' or '\r' => TextTraits.None,
            < 0x20 or (>= 0x7f and < 0xa0) => TextTraits.Control,
            // Soft hyphen, Arabic letter mark, zero-width and bidi marks and overrides, word joiner to bidi isolates, BOM, tags.
            0xad or 0x61c or 0x180e or (>= 0x200b and <= 0x200f) or (>= 0x202a and <= 0x202e) or (>= 0x2060 and <= 0x206f) or 0xfeff
                or (>= 0xe0000 and <= 0xe007f) => TextTraits.Invisible,
            _ => TextTraits.None,
        };
    }
}
