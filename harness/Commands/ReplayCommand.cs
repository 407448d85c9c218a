using System.CommandLine;

namespace ChaosBench.Harness.Commands;

/// <summary>Writes down the command that repeats a run, for the report.</summary>
internal static class ReplayCommand
{
    /// <summary>The arguments as given, quoted for a POSIX shell, with the seed spelled out.</summary>
    public static string For(ParseResult parsed, ulong seed)
    {
        var words = parsed.Tokens.Select(token => token.Value).ToList();
        if (!words.Contains("--seed"))
        {
            words.Add("--seed");
            words.Add(seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return "chaosbench " + string.Join(' ', words.Select(Quoted));
    }

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./=:,@%+[]".Contains(letter, StringComparison.Ordinal))
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
