using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using ChaosBench.Reports.Baselines;
using ChaosBench.Reports.Content;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios.Files;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench clean</c>: how long runs are kept. Shows what it would do until it is told <c>--yes</c>.</summary>
internal static partial class CleanCommand
{
    /// <summary>A journal that was written to this lately is of a run that lives.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(2);

    public static Command Build(Terminal terminal, TimeProvider time)
    {
        var folder = new Argument<DirectoryInfo>("DIR")
        {
            Description = "Folder of run folders", DefaultValueFactory = _ => new DirectoryInfo("runs"), Arity = ArgumentArity.ZeroOrOne,
        };
        var keep = new Option<int?>("--keep") { Description = "Keep this many of the newest runs", HelpName = "N" };
        var older = new Option<TimeSpan?>("--older-than")
        {
            Description = "Only runs that started longer ago than this, for example 30d", HelpName = "TIME",
            CustomParser = result => Age(result.Tokens[0].Value) is { } age ? age : Wrong(result),
        };
        var content = new Option<bool>("--content") { Description = "Remove only the kept prompts and outputs; the runs stay" };
        var yes = new Option<bool>("--yes") { Description = "Do it; without this it only says what it would do" };
        var command = new Command("clean",
            "Remove old runs\n\n  chaosbench clean --keep 20\n  chaosbench clean runs --older-than 30d --yes\n  chaosbench clean --older-than 7d --content --yes")
        {
            folder, keep, older, content, yes,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(keep) is null && parsed.GetValue(older) is null)
            {
                throw new UsageException("say which runs may go: --keep N, --older-than TIME, or both.");
            }

            var order = new Order(
                parsed.GetValue(keep) ?? 0, parsed.GetValue(older) ?? TimeSpan.Zero, parsed.GetValue(content), parsed.GetValue(yes));
            return Clean(parsed.GetValue(folder)!, order, terminal, time.GetUtcNow());
        });
        return command;
    }

    private static TimeSpan? Age(string text)
    {
        if (text is [.. var days, 'd'])
        {
            return int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is > 0 and < 36_500
                ? TimeSpan.FromDays(count) : null;
        }

        var (age, problem) = DurationText.Read(text);
        return problem is null && age > TimeSpan.Zero ? age : null;
    }

    private static TimeSpan? Wrong(ArgumentResult result)
    {
        result.AddError($"--older-than {result.Tokens[0].Value}: write a time such as 12h or 30d");
        return null;
    }

    private static int Clean(DirectoryInfo folder, Order order, Terminal terminal, DateTimeOffset now)
    {
        if (!folder.Exists)
        {
            throw new UsageException($"{folder}: no such folder.");
        }

        var (count, bytes, failed) = (0, 0L, 0);
        // Links are never followed: what a name points to elsewhere is not a run of this folder.
        var runs = folder.EnumerateDirectories().Where(one => one.LinkTarget is null && Name().IsMatch(one.Name))
            .OrderByDescending(one => one.Name, StringComparer.Ordinal).Skip(order.Keep);
        var baselines = Baselines(folder);
        foreach (var run in runs)
        {
            if (!order.ContentOnly && baselines.TryGetValue(run.Name, out var names))
            {
                terminal.Error.WriteLine($"kept: {run.Name} is baseline {names}");
                continue;
            }

            if (!File.Exists(Path.Combine(run.FullName, RunFolder.ManifestName)) || now - Started(run.Name) < order.Age || Lives(run, now))
            {
                continue;
            }

            var files = run.EnumerateFiles("*", SearchOption.AllDirectories).Where(file => !order.ContentOnly || file.Name == ContentWriter.FileName).ToList();
            var size = files.Sum(file => file.Length);
            if (files.Count == 0)
            {
                continue;
            }

            terminal.Out.WriteLine($"{(order.Really ? "removed" : "would remove")}  {Show(size),9}  {run.FullName}{(order.ContentOnly ? "/" + ContentWriter.FileName : "")}");
            failed += order.Really && !Remove(run, order, terminal) ? 1 : 0;
            (count, bytes) = (count + 1, bytes + size);
        }

        terminal.Error.WriteLine(count == 0 ? "nothing to remove."
            : order.Really ? $"{count - failed} runs, {Show(bytes)} in all." : $"{count} runs, {Show(bytes)} in all; add --yes to remove them.");
        return failed == 0 ? ExitCodes.Pass : ExitCodes.Error;
    }

    /// <summary>Runs that a name stands for, and the names: later runs are held against them.</summary>
    private static Dictionary<string, string> Baselines(DirectoryInfo folder)
    {
        try
        {
            return new BaselineBook(folder.FullName).Current().GroupBy(one => one.Run, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => string.Join(", ", group.Select(one => $"{one.Name} of {Printable.Line(one.Scenario, 60)}")), StringComparer.Ordinal);
        }
        catch (BaselineException problem)
        {
            throw new UsageException($"nothing was removed, because it cannot be told which runs are baselines: {problem.Message}");
        }
    }

    private static bool Remove(DirectoryInfo run, Order order, Terminal terminal)
    {
        try
        {
            if (order.ContentOnly)
            {
                File.Delete(Path.Combine(run.FullName, ContentWriter.FileName));
            }
            else
            {
                run.Delete(recursive: true);
            }

            return true;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            terminal.Error.WriteLine($"{run.FullName}: {trouble.Message}");
            return false;
        }
    }

    private static bool Lives(DirectoryInfo run, DateTimeOffset now)
    {
        var journal = new FileInfo(Path.Combine(run.FullName, JournalFile.Name));
        return journal.Exists && now - journal.LastWriteTimeUtc < Lately;
    }

    private static DateTimeOffset Started(string name) => DateTimeOffset.TryParseExact(
        name[..16], "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : DateTimeOffset.MaxValue;

    private static string Show(long bytes) => bytes < 1024 * 1024
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.0} MiB");

    [GeneratedRegex("^[0-9]{8}T[0-9]{6}Z-[A-Za-z0-9_-]+$")]
    private static partial Regex Name();

    private sealed record Order(int Keep, TimeSpan Age, bool ContentOnly, bool Really);
}
