using System.Text;

namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>Flipped case, runs of blanks, stray line ends.</summary>
internal static class CaseSpace
{
    private static readonly string[] Blanks = ["  ", "    ", "\t", " \n", "\n\n", "\u3000"];

    public static Mutator Mutator { get; } = new(
        "case-space", "case-space", "Flipped case and runs of white space", KeepsMeaning: true,
        [new("fraction", "share", "20%", "Of letters and blanks")])
    {
        Text = Damage,
    };

    private static string Damage(string text, Mutation mutation)
    {
        var damaged = mutation.Replace(text, mutation.Share("fraction", 0.2), rune => Other(rune, mutation));
        return damaged == text ? text + "  \n" : damaged;
    }

    private static string? Other(Rune rune, Mutation mutation) =>
        rune == new Rune(' ') ? mutation.Random.Pick(Blanks)
        : !rune.IsAscii || !Rune.IsLetter(rune) ? null
        : Rune.IsUpper(rune) ? Rune.ToLowerInvariant(rune).ToString() : Rune.ToUpperInvariant(rune).ToString();
}
