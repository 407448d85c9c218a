using System.Text.RegularExpressions;

namespace ChaosBench.Scenarios.Files;

/// <summary>
/// <c>${NAME}</c> in text: the only form of substitution. There is no default form: an unset variable is a problem, not a guess.
/// </summary>
internal static partial class Template
{
    private const string Remedy = "write ${NAME} with letters, digits and underscores";

    public static bool Contains(string text) => text.Contains("${", StringComparison.Ordinal);

    /// <summary>The variables that the text names, in order.</summary>
    public static IEnumerable<string> Variables(string text) =>
        Reference().Matches(text).Select(match => match.Groups["name"].Value);

    public static string Substitute(string text, Func<string, string> valueOf) =>
        Reference().Replace(text, match => valueOf(match.Groups["name"].Value));

    /// <summary>True when the text is one reference and nothing else.</summary>
    public static bool IsReference(string text) => Reference().Match(text) is { Success: true } match
        && match.Length == text.Length;

    public static Flaw? Check(string text)
    {
        if (text.Length is 0 or > 2_000)
        {
            return new Flaw("text that is empty or longer than 2000 characters", "write 1 to 2000 characters");
        }

        var references = Reference().Matches(text).Select(match => match.Index).ToHashSet();
        for (var at = 0; at < text.Length - 1; at++)
        {
            if (text[at] == '$' && text[at + 1] == '{' && !references.Contains(at))
            {
                return new Flaw("${ without a variable's name and }", Remedy, at);
            }
        }

        return null;
    }

    [GeneratedRegex(@"\$\{(?<name>[A-Za-z_][A-Za-z0-9_]{0,127})\}", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Reference();
}
