using System.CommandLine;
using ChaosBench.Harness.Storing;
using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench history DIR</c>: the runs of a folder over time, and where their numbers changed.</summary>
internal static class HistoryCommand
{
    /// <summary>The newest ones: a manifest and a summary are read of each.</summary>
    private const int MostRuns = 1_000;

    public static Command Build(Terminal terminal)
    {
        var folder = new Argument<DirectoryInfo?>("DIR") { Description = "Folder of run folders, for example runs; not with --store", Arity = ArgumentArity.ZeroOrOne };
        var store = new StoreOptions("Those that a team shares instead of a folder's");
        var scenario = new Option<string?>("--scenario") { Description = "Only runs of this scenario", HelpName = "NAME" };
        var least = new Option<double>("--least")
        {
            Description = "Smaller changes are not told (default 1%)",
            DefaultValueFactory = _ => 0.01,
            CustomParser = OptionValues.Share(0, 1),
            HelpName = "SHARE",
        };
        var json = new Option<bool>("--json") { Description = "The history as JSON on stdout" };
        var command = new Command("history", "Show the runs of a folder or store over time, and from which run on a number is another\n\n  chaosbench history runs\n  chaosbench history --store postgres://bench@db.example/bench --scenario smoke") { folder, scenario, least, json };
        store.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var (place, address) = (parsed.GetValue(folder), store.Read(parsed));
            if ((place is null) == (address is null))
            {
                throw new UsageException("name either a folder of runs or --store: chaosbench history runs.");
            }

            var history = place is not null ? Read(place, parsed.GetValue(scenario), parsed.GetValue(least))
                : await ReadAsync(address!, parsed.GetValue(scenario), parsed.GetValue(least), cancellation).ConfigureAwait(false);
            foreach (var skipped in history.Skipped)
            {
                terminal.Error.WriteLine(Printable.Line($"left out: {skipped}"));
            }

            if (parsed.GetValue(json))
            {
                terminal.Out.Write(RunFiles.ToJson(history));
            }
            else
            {
                CompareCommand.Printed(terminal, HistoryWords.Render(history));
            }

            return ExitCodes.Pass;
        });
        return command;
    }

    private static async Task<RunHistory> ReadAsync(StoreAddress address, string? scenario, double least, CancellationToken cancellation)
    {
        await using var store = new RunStore(address);
        var (runs, skipped) = await store.HistoryAsync(scenario, MostRuns, cancellation).ConfigureAwait(false);
        return Histories.Of(runs, skipped, least);
    }

    /// <param name="isWanted">Says no to a run folder, by its path, that shall not be read. Null: all are.</param>
    internal static RunHistory Read(DirectoryInfo folder, string? scenario, double least, Func<string, bool>? isWanted = null)
    {
        if (!folder.Exists)
        {
            throw new UsageException($"{folder}: there is no such folder; name one that holds run folders, for example runs.");
        }

        var (runs, skipped) = (new List<HistoryRun>(), new List<string>());
        var folders = Folders(folder);
        if (folders.Count > MostRuns)
        {
            skipped.Add($"the {folders.Count - MostRuns} oldest of {folders.Count} folders");
        }

        foreach (var name in folders.TakeLast(MostRuns))
        {
            try
            {
                var path = Path.Combine(folder.FullName, name);
                if (isWanted?.Invoke(path) == false)
                {
                    skipped.Add($"{name}: its files are larger than any that chaosbench writes");
                    continue;
                }

                var run = new HistoryRun(name, RunFiles.ReadManifest(path), RunFiles.ReadSummary(path));
                if (run.Summary.Verdict is RunVerdict.Error or RunVerdict.Aborted or RunVerdict.Cancelled)
                {
                    skipped.Add($"{name}: it did not go to its end");
                }
                else if (scenario is null || scenario == run.Manifest.Scenario)
                {
                    runs.Add(run);
                }
            }
            catch (JournalException exception)
            {
                skipped.Add(exception.Message);
            }
        }

        return Histories.Of(runs, skipped, least);
    }

    /// <summary>In order of name, which begins with the time. Links are not followed: <c>latest</c> is one of the others.</summary>
    private static List<string> Folders(DirectoryInfo folder)
    {
        try
        {
            return [.. folder.EnumerateDirectories().Where(one => one.LinkTarget is null).Select(one => one.Name).Order(StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{folder}: cannot be read ({exception.Message}); name a folder of runs that you may read.");
        }
    }
}
