using System.Text.RegularExpressions;
using ChaosBench.Harness;
using ChaosBench.Harness.Commands;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Docs;

/// <summary>A command as a page shows it, without the program's own name.</summary>
/// <param name="Place">Page, and line where it stands in a block.</param>
internal sealed record DocumentedCommand(string Place, string Line)
{
    public string[] Words { get; } = DocumentedCommands.WordsOf(Line);

    /// <summary>One command, however it is laid out.</summary>
    public string Key => string.Join(' ', Words);
}

/// <summary>The commands that the documentation shows, as a reader would copy them.</summary>
internal static partial class DocumentedCommands
{
    public static IEnumerable<string> Pages() => Directory.EnumerateFiles(Repository.Path("docs"), "*.md").Append(Repository.Path("README.md"));

    /// <summary>Those on lines of their own.</summary>
    public static List<DocumentedCommand> InBlocks() => [.. Pages().SelectMany(page => Of(Path.GetFileName(page), File.ReadAllLines(page)))];

    /// <summary>Whole ones in running text; a verb alone or with an option, or one with FILE or [--option], only names a command.</summary>
    public static List<DocumentedCommand> InText()
    {
        var root = CommandLine.Build(new Terminal(TextWriter.Null, TextWriter.Null), TimeProvider.System);
        return [.. Pages().SelectMany(page => Inline().Matches(File.ReadAllText(page)).Select(match => new DocumentedCommand(Path.GetFileName(page), match.Groups[1].Value)))
            .Where(command => command.Words is [_, not ['-', ..], ..] && !command.Words.Any(word => Placeholder().IsMatch(word)) && root.Parse(command.Words).Errors.Count == 0)];
    }

    public static IEnumerable<DocumentedCommand> Of(string page, string[] lines)
    {
        for (var at = 0; at < lines.Length; at++)
        {
            var line = lines[at];
            for (var next = at; line.EndsWith('\\') && next + 1 < lines.Length; next++)
            {
                line = line[..^1] + lines[next + 1];
            }

            foreach (Match match in Start().Matches(line))
            {
                var rest = line[(match.Index + match.Length)..];
                yield return new($"{page}:{at + 1}", rest[..End().Match(rest).Index].Trim());
            }
        }
    }

    /// <summary>As a POSIX shell splits them; examples need no more than quotes.</summary>
    public static string[] WordsOf(string line) =>
        [.. Word().Matches(line).Select(match => match.Value.Replace("'", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal))];

    /// <summary>Reads files of the repository alone, writes nothing, and is done in a second.</summary>
    public static bool OnlyLooks(DocumentedCommand command)
    {
        var words = command.Words;
        return (words is [.., "--help"] or ["validate" or "plan" or "inspect" or "faults", _, ..] or ["schema" or "doctor" or "--version"] || (words is ["run", _, _, ..] && words.Contains("--dry-run")))
            && !words.Any(word => word.StartsWith('$') || word.StartsWith("--html", StringComparison.Ordinal) || word.StartsWith("--out", StringComparison.Ordinal))
            && words.Where(word => word.Contains('.', StringComparison.Ordinal) && (word.Contains('/', StringComparison.Ordinal) || word.EndsWith(".yaml", StringComparison.Ordinal)))
                .All(word => Path.Exists(Repository.Path(word.Split('/'))))
            && !words.Any(word => word.All(letter => char.IsUpper(letter) || letter is '_') && word.Length > 1);
    }

    /// <summary>The first block of a page in this language that holds these words.</summary>
    public static string Block(string page, string language, string with)
    {
        var text = File.ReadAllText(page == "README.md" ? Repository.Path(page) : Repository.Path("docs", page));
        return Regex.Matches(text, $"^```{Regex.Escape(language)}\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)
            .Select(match => match.Groups[1].Value).First(block => block.Contains(with, StringComparison.Ordinal));
    }

    /// <summary>A command at the start of a line, behind a prompt, an assignment, or another command.</summary>
    [GeneratedRegex(@"(?:^|&& |; |\$ )\s*(?:[A-Z_]+=\S+ )*(?:chaosbench|dotnet run -c Release --project harness --) (?=[a-z-])")]
    private static partial Regex Start();

    [GeneratedRegex(@"\s*(?:\s#|&&|\||;|>|<|$)")]
    private static partial Regex End();

    [GeneratedRegex("`(?:chaosbench|dotnet run -c Release --project harness --) ([^`\n]+)`")]
    private static partial Regex Inline();

    [GeneratedRegex(@"^(?:[A-Z_]{2,}|[A-Z]|.*\[.*|.*\.\.\.|.*\|.*|[^-]*=\.\.\.)$")]
    private static partial Regex Placeholder();

    [GeneratedRegex("""(?:[^\s"']|"[^"]*"|'[^']*')+""")]
    private static partial Regex Word();
}
