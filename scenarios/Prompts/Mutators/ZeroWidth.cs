namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>Characters without width between letters: joiners, spaces, byte order marks and tag characters.</summary>
internal static class ZeroWidth
{
    // ZWSP, ZWNJ, ZWJ, word joiner, BOM, soft hyphen, TAG LATIN SMALL LETTER A.
    private static readonly string[] Characters = ["\u200B", "\u200C", "\u200D", "\u2060", "\uFEFF", "\u00AD", "\U000E0061"];

    public static Mutator Mutator { get; } = new(
        "zero-width", "zero-width", "Invisible characters between letters", KeepsMeaning: true,
        [new("fraction", "share", "15%", "Characters put in, of the text's length")])
    {
        Text = (text, mutation) => mutation.Insert(
            text, 1 + Math.Min(20_000, (int)(text.Length * mutation.Share("fraction", 0.15))), () => mutation.Random.Pick(Characters)),
    };
}
