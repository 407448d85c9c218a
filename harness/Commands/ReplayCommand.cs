using System.CommandLine;
using System.CommandLine.Parsing;

namespace ChaosBench.Harness.Commands;

/// <summary>Writes down the command that repeats a run, for the report.</summary>
internal static class ReplayCommand
{
    /// <summary>The arguments as given, quoted for a POSIX shell, with the seed spelled out.</summary>
    public static string For(ParseResult parsed, ulong seed)
    {
        // What is taken up again was parsed by its own command, without those above it.
        var words = Path(parsed.CommandResult.Command)
            .Concat(parsed.Tokens.Where(token => token.Type != TokenType.Command).Select(token => token.Value)).ToList();
        LeaveOut(words, "--otlp", 2);
        LeaveOut(words, "--otlp-content", 1);
        LeaveOut(words, StoreOptions.OptionName, 2);
        if (!words.Contains("--seed"))
        {
            words.Add("--seed");
            words.Add(seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        return "chaosbench " + string.Join(' ', words.Select(Quoted));
    }

    private static IEnumerable<string> Path(Command command) =>
        command is RootCommand ? [] : [.. command.Parents.OfType<Command>().Take(1).SelectMany(Path), command.Name];

    /// <summary>Where telemetry and results were sent is the operator's affair, and no part of what is repeated.</summary>
    private static void LeaveOut(List<string> words, string option, int length)
    {
        if (words.IndexOf(option) is >= 0 and var at)
        {
            words.RemoveRange(at, Math.Min(length, words.Count - at));
        }
    }

    private static string Quoted(string word) =>
        word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./=:,@%+[]".Contains(letter, StringComparison.Ordinal))
            ? word
            : "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
