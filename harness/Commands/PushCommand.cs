using System.CommandLine;
using ChaosBench.Harness.Storing;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench push RUN... --store URL</c>: runs that have ended, into the store that a team shares.</summary>
internal static class PushCommand
{
    public static Command Build(Terminal terminal)
    {
        var runs = new Argument<DirectoryInfo[]>("RUN") { Description = "Run folders, or folders of them", Arity = ArgumentArity.OneOrMore };
        var store = new StoreOptions("Where to", required: true);
        var command = new Command("push", "Put runs into the store that a team shares; one that is there changes nothing\n\n  chaosbench push runs/latest --store postgres://bench@db.example/bench\n  chaosbench push runs --store CHAOSBENCH_STORE")
        {
            runs,
        };
        store.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            await using var to = new RunStore(store.Read(parsed)!);
            return await PushAsync([.. parsed.GetValue(runs)!.SelectMany(RunFolders.In)], to, terminal, cancellation).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>Each by itself: a folder that is no whole run keeps no other one back.</summary>
    private static async Task<int> PushAsync(IReadOnlyList<string> folders, RunStore store, Terminal terminal, CancellationToken cancellation)
    {
        var wrong = 0;
        foreach (var (folder, at) in folders.Select((folder, at) => (folder, at)))
        {
            try
            {
                var result = await store.PushAsync(StoredRun.Read(folder), cancellation).ConfigureAwait(false);
                terminal.Out.WriteLine($"{result.ToString().ToLowerInvariant(),-9}  {Printable.Line(folder)}");
            }
            catch (JournalException broken)
            {
                terminal.Error.WriteLine(Printable.Line($"left out: {broken.Message}"));
                wrong++;
            }
            catch (StoreException trouble)
            {
                terminal.Error.WriteLine(Printable.Line(
                    $"not in the store: {trouble.Message}. {folders.Count - at} of {folders.Count} runs are left, whole in their folders; give the same command again."));
                return ExitCodes.Error;
            }
        }

        return wrong == 0 ? ExitCodes.Pass : ExitCodes.Usage;
    }
}
