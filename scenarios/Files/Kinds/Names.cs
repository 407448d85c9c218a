using System.Text.RegularExpressions;
using ChaosBench.Scenarios.Files.Yaml;

namespace ChaosBench.Scenarios.Files.Kinds;

/// <summary>Names that authors choose. They become folder names, labels and keys, so their alphabet is small.</summary>
internal static class Names
{
    public const string Pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";
    public const string HeaderPattern = "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$";

    public static bool IsMatch(string text, string pattern) =>
        !text.Contains('\n', StringComparison.Ordinal) && Regex.IsMatch(text, pattern, RegexOptions.CultureInvariant);

    public static void Check(Scalar name, string pattern, Reading reading)
    {
        if (!IsMatch(name.Text, pattern))
        {
            reading.Report(name.Place, $"{Shown.Quoted(name.Text)} is no name", pattern == Pattern
                ? "write 1 to 64 letters, digits, dots, hyphens and underscores, starting with a letter or digit"
                : "write the name of an HTTP header");
        }
    }
}
