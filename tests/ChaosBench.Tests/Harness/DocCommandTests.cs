using System.Text.RegularExpressions;
using ChaosBench.Harness;
using ChaosBench.Harness.Commands;
using ChaosBench.Tests.Docs;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>Every command that the documentation shows is one that the program takes, and every help text's example too.</summary>
public sealed partial class DocCommandTests
{
    [Fact]
    public void Documents_EveryCommand_Parses()
    {
        var commands = DocumentedCommands.InBlocks();

        Assert.True(commands.Count > 10, $"only {commands.Count} commands found");
        Assert.Empty(commands.SelectMany(Problems));
    }

    [Fact]
    public void Help_EveryExample_Parses()
    {
        var root = CommandLine.Build(new Terminal(TextWriter.Null, TextWriter.Null), TimeProvider.System);
        var examples = root.Subcommands.SelectMany(command => DocumentedCommands.Of(command.Name, (command.Description ?? "").Split('\n'))).ToList();

        Assert.True(examples.Count > 15, $"only {examples.Count} examples found");
        Assert.Empty(examples.SelectMany(Problems));
    }

    /// <summary>What only looks, and at files of the repository, is done, not just parsed.</summary>
    [LinuxFact]
    public async Task Documents_CommandsThatOnlyLook_DoWhatThePageSays()
    {
        var commands = DocumentedCommands.InBlocks().Concat(DocumentedCommands.InText()).Where(DocumentedCommands.OnlyLooks).DistinctBy(command => command.Key).ToList();
        Assert.True(commands.Count >= 6, $"only {commands.Count} commands found");

        var problems = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForEachAsync(commands, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (command, _) =>
        {
            using var process = CommandProcess.Start(Repository.Root, command.Words);
            var code = await process.ExitAsync();
            if (code != 0 || process.Output.Length + process.Error.Length == 0)
            {
                problems.Add($"{command.Place}: {command.Key}: exit code {code}: {process.Error}");
            }
        });

        Assert.Empty(problems);
    }

    [Fact]
    public void Documents_EveryLinkWithinTheRepository_LeadsSomewhere()
    {
        var broken = new List<string>();
        foreach (var page in DocumentedCommands.Pages())
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

    private static HashSet<string> Headings(string page) => [.. File.ReadLines(page).Where(line => line.StartsWith('#')).Select(line => Regex.Replace(
        line.TrimStart('#').Trim().ToLowerInvariant(), @"[^\w\- ]", "").Replace(' ', '-'))];

    private static IEnumerable<string> Problems(DocumentedCommand command)
    {
        var words = command.Words;
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

    [GeneratedRegex(@"\]\((?![a-z]+:)([^)\s]+)\)")]
    private static partial Regex Link();
}
