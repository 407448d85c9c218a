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
        var commands = Pages().SelectMany(page => CommandsOf(Path.GetFileName(page), File.ReadAllLines(page))).ToList();

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

    /// <summary>What only looks, and at files of the repository, is done, not just parsed.</summary>
    [LinuxFact]
    public async Task Documents_CommandsThatOnlyLook_DoWhatThePageSays()
    {
        var commands = Pages().SelectMany(page => CommandsOf(Path.GetFileName(page), File.ReadAllLines(page))
                .Concat(Inline().Matches(File.ReadAllText(page)).Select(match => (Place: Path.GetFileName(page), Line: match.Groups[1].Value))))
            .Select(command => (command.Place, Words: Words(command.Line))).Where(command => OnlyLooks(command.Words))
            .DistinctBy(command => string.Join(' ', command.Words)).ToList();
        Assert.True(commands.Count >= 6, $"only {commands.Count} commands found");

        var problems = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForEachAsync(commands, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (command, _) =>
        {
            using var process = CommandProcess.Start(Repository.Root, command.Words);
            var code = await process.ExitAsync();
            if (code != 0 || process.Output.Length + process.Error.Length == 0)
            {
                problems.Add($"{command.Place}: {string.Join(' ', command.Words)}: exit code {code}: {process.Error}");
            }
        });

        Assert.Empty(problems);
    }

    [Fact]
    public void Documents_EveryLinkWithinTheRepository_LeadsSomewhere()
    {
        var broken = new List<string>();
        foreach (var page in Pages())
        {
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
            {
                var (path, anchor) = link.Groups[1].Value.Split('#') is [var file, var place] ? (file, place) : (link.Groups[1].Value, "");
                var to = path.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, path);
                if (!Path.Exists(to) || (anchor.Length > 0 && !Headings(to).Contains(anchor)))
                {
                    broken.Add($"{Path.GetFileName(page)}: {link.Groups[1].Value}");
                }
            }
        }

        Assert.Empty(broken);
    }

    private static IEnumerable<string> Pages() => Directory.EnumerateFiles(Repository.Path("docs"), "*.md").Append(Repository.Path("README.md"));

    /// <summary>Reads files of the repository alone, writes nothing, and is done in a second.</summary>
    private static bool OnlyLooks(string[] words) => (words is ["validate" or "plan" or "inspect" or "faults", _, ..] or ["schema" or "doctor" or "--version"] || (words is ["run", _, _, ..] && words.Contains("--dry-run")))
        && !words.Any(word => word.StartsWith('$') || word.StartsWith("--html", StringComparison.Ordinal) || word.StartsWith("--out", StringComparison.Ordinal))
        && words.Where(word => word.Contains('.', StringComparison.Ordinal) && (word.Contains('/', StringComparison.Ordinal) || word.EndsWith(".yaml", StringComparison.Ordinal)))
            .All(word => Path.Exists(Repository.Path(word.Split('/')))) && !words.Any(word => word.All(letter => char.IsUpper(letter) || letter is '_') && word.Length > 1);

    private static HashSet<string> Headings(string page) => [.. File.ReadLines(page).Where(line => line.StartsWith('#')).Select(line => Regex.Replace(
        line.TrimStart('#').Trim().ToLowerInvariant(), @"[^\w\- ]", "").Replace(' ', '-'))];

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

    /// <summary>A whole command in running text.</summary>
    [GeneratedRegex("`chaosbench ([^`\n]+)`")]
    private static partial Regex Inline();

    [GeneratedRegex(@"\]\((?![a-z]+:)([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("""(?:[^\s"']|"[^"]*"|'[^']*')+""")]
    private static partial Regex Word();
}
