using System.CommandLine;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench abort RUN</c>: halts and heals a run that lives, through a stop file in its folder.</summary>
internal static class AbortCommand
{
    public static Command Build(Terminal terminal)
    {
        var run = new Argument<DirectoryInfo>("RUN") { Description = "The run's folder, for example runs/latest" };
        var abort = new Command("abort", "Halt a running scenario: it heals, reports and exits 3") { run };
        abort.SetAction(parsed => Abort(terminal, parsed.GetValue(run)!));
        return abort;
    }

    private static int Abort(Terminal terminal, DirectoryInfo run)
    {
        if (!run.Exists)
        {
            throw new UsageException($"{run.FullName}: no such run folder; 'chaosbench run' prints the folder when it starts.");
        }

        if (File.Exists(Path.Combine(run.FullName, "summary.json")))
        {
            throw new UsageException($"{run.FullName}: this run has ended; there is nothing to abort.");
        }

        File.WriteAllText(Path.Combine(run.FullName, StopFile), "aborted by 'chaosbench abort'\n");
        terminal.Error.WriteLine($"asked {run.FullName} to stop; it looks for this once a second.");
        return ExitCodes.Pass;
    }

    /// <summary>Looked for once a second by the run.</summary>
    public const string StopFile = "abort";
}
