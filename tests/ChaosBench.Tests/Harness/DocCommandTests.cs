using System.Text.RegularExpressions;
using ChaosBench.Harness;
using ChaosBench.Harness.Commands;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>Every command that the documentation shows is one that the program takes, and every help text's example too.</summary>
public sealed partial class DocCommandTests
{
    [Fact]
    public void Documents_EveryCommand_Parses()
    {
        var pages = Directory.EnumerateFiles(Repository.Path("docs"), "*.md").Append(Repository.Path("README.md"));
        var commands = pages.SelectMany(page => CommandsOf(Path.GetFileName(page), File.ReadAllLines(page))).ToList();

        Assert.True(commands.Count > 10, $"only {commands.Count} commands found");
        Assert.Empty(commands.SelectMany(Problems));
    }

    [Fact]
    public void Help_EveryExample_Parses()
    {
        var root = CommandLine.Build(new Terminal(TextWriter.Null, TextWriter.Null), TimeProvider.System);
        var examples = root.Subcommands.SelectMany(command => CommandsOf(command.Name, (command.Description ?? "").Split('\n'))).ToList();

        Assert.True(examples.Count > 15, $"only {examples.Count} examples found");
        Assert.Empty(examples.SelectMany(Problems));
    }

    private static IEnumerable<string> Problems((string Place, string Line) command)
    {
        var words = Words(command.Line);
        var parsed = CommandLine.Build(new Terminal(TextWriter.Null, TextWriter.Null), TimeProvider.System).Parse(words);
        foreach (var error in parsed.Errors)
        {
            yield return $"{command.Place}: {command.Line}: {error.Message}";
        }

        // Files of the repository that an example names are there.
        foreach (var word in words.Select(word => word.Split('=')[^1]).Where(word => word.StartsWith("scenarios", StringComparison.Ordinal) && !word.Contains('*', StringComparison.Ordinal)))
        {
            if (Path.Exists(Repository.Path(word.Split('/'))) || !word.Contains('/', StringComparison.Ordinal) && !word.EndsWith(".yaml", StringComparison.Ordinal))
            {
                continue;
            }

            yield return $"{command.Place}: {command.Line}: there is no {word}";
        }
    }

    private static IEnumerable<(string Place, string Line)> CommandsOf(string page, string[] lines)
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
                yield return ($"{page}:{at + 1}", rest[..End().Match(rest).Index].Trim());
            }
        }
    }

    /// <summary>As a POSIX shell splits them; examples need no more than quotes.</summary>
    private static string[] Words(string line) =>
        [.. Word().Matches(line).Select(match => match.Value.Replace("'", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal))];

    /// <summary>A command at the start of a line, behind a prompt, an assignment, or another command.</summary>
    [GeneratedRegex(@"(?:^|&& |; |\$ )\s*(?:[A-Z_]+=\S+ )*(?:chaosbench|dotnet run -c Release --project harness --) (?=[a-z-])")]
    private static partial Regex Start();

    [GeneratedRegex(@"\s*(?:\s#|&&|\||;|>|<|$)")]
    private static partial Regex End();

    [GeneratedRegex("""(?:[^\s"']|"[^"]*"|'[^']*')+""")]
    private static partial Regex Word();
}
