using System.Text;

namespace ChaosBench.Scenarios.Prompts.Mutators;

/// <summary>Text that was UTF-8 and was read as Latin-1, as a wrong charset header does: é becomes Ã©.</summary>
internal static class Mojibake
{
    // Plain ASCII survives a wrong charset, so letters first take the accents and quotes that real text has.
    private const string Plain = "aceinouAEOU'\"- ";
    private const string Accented = "àçéîñôüÀÉÖÜ’”–\u00A0";

    public static Mutator Mutator { get; } = new(
        "mojibake", "unicode", "UTF-8 read as Latin-1, in part", KeepsMeaning: false,
        [new("fraction", "share", "20%", "Of the letters that can be damaged")])
    {
        Text = Damage,
    };

    private static string Damage(string text, Mutation mutation)
    {
        var damaged = mutation.Replace(text, mutation.Share("fraction", 0.2), rune => Misread(Accent(rune)));
        return damaged == text ? text + Misread("’") : damaged;
    }

    private static string Accent(Rune rune) =>
        rune.IsAscii && Plain.IndexOf((char)rune.Value, StringComparison.Ordinal) is >= 0 and var at ? Accented[at].ToString() : rune.ToString();

    /// <summary>Null where nothing changes.</summary>
    private static string? Misread(string text)
    {
        var misread = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
        return misread == text ? null : misread;
    }
}
