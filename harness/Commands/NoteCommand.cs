using System.CommandLine;
using ChaosBench.Harness.Drills;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Harness.Commands;

/// <summary><c>chaosbench note RUN [TEXT] [--continue]</c>: speaks to a run that lives.</summary>
internal static class NoteCommand
{
    public static Command Build(Terminal terminal)
    {
        var run = new Argument<DirectoryInfo>("RUN") { Description = "The run's folder, for example runs/latest" };
        var text = new Argument<string?>("TEXT")
        {
            Description = "What the journal, the report and the postmortem shall say at this moment", Arity = ArgumentArity.ZeroOrOne,
        };
        var proceed = new Option<bool>("--continue") { Description = "Game day: let the fault go on that has waited longest" };
        var note = new Command("note", "Write a note into a running scenario's journal, or let its next fault go on") { run, text, proceed };
        note.SetAction(parsed => Note(terminal, parsed.GetValue(run)!, parsed.GetValue(text), parsed.GetValue(proceed)));
        return note;
    }

    private static int Note(Terminal terminal, DirectoryInfo run, string? text, bool proceed)
    {
        if (string.IsNullOrWhiteSpace(text) && !proceed)
        {
            throw new UsageException("nothing to note; write a text, or --continue.");
        }

        if (text?.Length > DrillControl.LongestNote)
        {
            throw new UsageException($"a note of {text.Length} characters; write {DrillControl.LongestNote} at most.");
        }

        if (!run.Exists)
        {
            throw new UsageException($"{run.FullName}: no such run folder; 'chaosbench run' prints the folder when it starts.");
        }

        if (File.Exists(Path.Combine(run.FullName, "summary.json")))
        {
            throw new UsageException($"{run.FullName}: this run has ended and its journal is closed; write into its postmortem.md.");
        }

        try
        {
            if (!string.IsNullOrWhiteSpace(text))
            {
                DrillControl.Note(run.FullName, text);
            }

            if (proceed)
            {
                DrillControl.Continue(run.FullName);
            }
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{run.FullName}: cannot be written to: {trouble.Message}");
        }

        terminal.Error.WriteLine($"told {run.FullName}; it looks for this twice a second.");
        return ExitCodes.Pass;
    }
}
