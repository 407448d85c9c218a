using System.CommandLine;
using System.Text;

namespace ChaosBench.Harness.Completing;

/// <summary>
/// What may stand where the cursor is, from the commands themselves and the files that they would read. It must never be in the
/// way: what it cannot tell, it leaves out.
/// </summary>
internal static class Suggestions
{
    /// <summary>The hidden verb that the shells' scripts call, with the line up to the cursor.</summary>
    public const string Verb = "complete-line";

    private const int Most = 200;

    /// <param name="line">From the program's name up to the cursor.</param>
    /// <returns>Whole words, in order, each once.</returns>
    public static IReadOnlyList<string> For(RootCommand root, string line)
    {
        var words = Words(line);
        var (command, positionals, pending) = ((Command)root, new List<string>(), (Option?)null);
        foreach (var word in words.Skip(1).SkipLast(1))
        {
            if (pending is not null)
            {
                pending = null;
            }
            else if (word.StartsWith('-'))
            {
                pending = OptionsOf(command, root).FirstOrDefault(option => IsNamed(option, word) && TakesValue(option));
            }
            else if (command.Subcommands.FirstOrDefault(sub => sub.Name == word) is { } sub)
            {
                command = sub;
            }
            else if (command.Subcommands.Count > 0)
            {
                // A command that there is not: nothing is known of what follows.
                return [];
            }
            else
            {
                positionals.Add(word);
            }
        }

        var current = words.Count > 1 ? words[^1] : "";
        var candidates = pending is not null ? Values.Of(pending, command, positionals, current)
            : current.StartsWith('-') ? OptionsOf(command, root).Select(option => option.Name)
                .Where(name => name.StartsWith("--", StringComparison.Ordinal))
            : command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name)
                .Concat(Positional(command, positionals, current));
        return [.. candidates.Where(word => word.StartsWith(current, StringComparison.Ordinal) && word == Printable.Line(word))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(Most)];
    }

    private static IEnumerable<string> Positional(Command command, List<string> before, string current)
    {
        if (command.Arguments.Count == 0)
        {
            return [];
        }

        var argument = command.Arguments[Math.Min(before.Count, command.Arguments.Count - 1)];
        return before.Count < command.Arguments.Count || argument.Arity.MaximumNumberOfValues > 1 ? Values.Of(argument, current)
            : [];
    }

    private static IEnumerable<Option> OptionsOf(Command command, RootCommand root) =>
        command.Options.Concat(root.Options.Where(option => option.Recursive && command != root)).Where(option => !option.Hidden);

    private static bool IsNamed(Option option, string word) => option.Name == word || option.Aliases.Contains(word);

    private static bool TakesValue(Option option) => option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool);

    /// <summary>
    /// As a POSIX shell splits them, as far as completion needs it; the last one is the one that is being written, and may be
    /// empty.
    /// </summary>
    internal static List<string> Words(string line)
    {
        var (words, word, quote) = (new List<string>(), new StringBuilder(), '\0');
        for (var at = 0; at < line.Length; at++)
        {
            var letter = line[at];
            if (quote != '\0')
            {
                quote = letter == quote ? '\0' : quote;
                word.Append(quote == '\0' ? "" : letter.ToString());
            }
            else if (letter is '"' or '\'')
            {
                quote = letter;
            }
            else if (letter == '\\' && at + 1 < line.Length)
            {
                word.Append(line[++at]);
            }
            else if (char.IsWhiteSpace(letter))
            {
                if (word.Length > 0)
                {
                    words.Add(word.ToString());
                    word.Clear();
                }
            }
            else
            {
                word.Append(letter);
            }
        }

        words.Add(word.ToString());
        return words;
    }
}
