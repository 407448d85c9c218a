using System.Globalization;
using ChaosBench.Tests.Support;
using Xunit.Abstractions;

namespace ChaosBench.Tests.Docs;

/// <summary>Every command of the documentation is run, not only parsed, or stands in a short list with the reason why not.</summary>
public sealed class DocRunTests(ITestOutputHelper output)
{
    public static TheoryData<string> Stories => [.. DocStories.All.Keys];

    [LinuxTheory]
    [MemberData(nameof(Stories))]
    public async Task Documents_EveryStory_EndsWithTheExitCodesThatItShould(string story)
    {
        await using var collector = await Collector.StartAsync();
        using var sandbox = new DocSandbox(int.Parse(collector.Url.Split(':')[^1], CultureInfo.InvariantCulture), output.WriteLine);
        var steps = DocStories.All[story];

        var problems = await sandbox.DoAsync(steps);

        Assert.True(problems.Count == 0, string.Join("\n\n", problems));

        Assert.Equal(steps.Any(step => step.Command.Contains("--otlp", StringComparison.Ordinal)), collector.Messages.Count > 0);
    }

    [Fact]
    public void Documents_EveryCommand_IsRunOrLooksOnlyOrSaysWhyNot()
    {
        var documented = DocumentedCommands.InBlocks().Concat(DocumentedCommands.InText()).ToList();
        var run = DocStories.All.Values.SelectMany(story => story).SelectMany(step => step.All())
            .Select(step => string.Join(' ', DocumentedCommands.WordsOf(step.Command))).ToHashSet();

        // What is new in the documentation takes a step in a story of DocStories, or a line in its list of what is not run.
        Assert.Empty(documented.Where(command => !DocumentedCommands.OnlyLooks(command) && !run.Contains(command.Key) && !DocStories.NotRun.Keys.Any(key => Means(key, command.Key)))
            .Select(command => $"{command.Place}: {command.Line}").Distinct());
        // And nothing is run or left out that no page shows any more.
        var keys = documented.Select(command => command.Key).ToHashSet();
        Assert.Empty(run.Except(keys));
        Assert.All(DocStories.NotRun.Keys, key => Assert.Contains(keys, command => Means(key, command)));
        Assert.All(DocStories.NotRun, pair => Assert.True(pair.Value.Length > 30 && !run.Contains(pair.Key)));
    }

    private static bool Means(string key, string command) =>
        key.EndsWith(" *", StringComparison.Ordinal) ? command.StartsWith(key[..^1], StringComparison.Ordinal) : key == command;
}
