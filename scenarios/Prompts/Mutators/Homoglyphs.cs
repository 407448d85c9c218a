using System.Text;

namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>Letters exchanged for look-alikes of other scripts (Unicode TR 39 confusables): the same to the eye, other tokens.</summary>
internal static class Homoglyphs
{
    private const string Latin = "aceijopsxyABCEHIJKMOPSTXYZ";
    private const string Alike = "асеіјорѕхуАВСЕНІЈКМОРЅТХΥΖ";

    public static Mutator Mutator { get; } = new(
        "homoglyph", "unicode", "Latin letters exchanged for Cyrillic and Greek look-alikes", KeepsMeaning: false,
        [new("fraction", "share", "30%", "Of the letters that have a look-alike")])
    {
        Text = Damage,
    };

    private static string Damage(string text, Mutation mutation)
    {
        var damaged = mutation.Replace(text, mutation.Share("fraction", 0.3), LookAlike);
        return damaged == text ? text + "а" : damaged;
    }

    private static string? LookAlike(Rune rune) =>
        rune.IsAscii && Latin.IndexOf((char)rune.Value, StringComparison.Ordinal) is >= 0 and var at ? Alike[at].ToString() : null;
}
