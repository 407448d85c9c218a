using ChaosBench.Harness.Commands;
using ChaosBench.Harness.Drills;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios;
using Microsoft.AspNetCore.Http;

namespace ChaosBench.Harness.Ui;

/// <summary>Speaks to a run as <c>chaosbench note</c> and <c>chaosbench abort</c> do, through files in its folder, and reads its notes.</summary>
internal sealed class RunTalk(RunShelf shelf)
{
    private const int MostNotes = 200;

    public async Task NoteAsync(HttpContext context)
    {
        if (await UiReply.BodyAsync<Order>(context).ConfigureAwait(false) is not { } order)
        {
            return;
        }

        if (string.IsNullOrWhiteSpace(order.Text) || order.Text.Length > DrillControl.LongestNote)
        {
            await UiReply.RefuseAsync(context, 400, $"a note has 1 to {DrillControl.LongestNote} characters").ConfigureAwait(false);
            return;
        }

        await ActAsync(context, order, "its journal is closed; write into its postmortem.md", path => DrillControl.Note(path, order.Text)).ConfigureAwait(false);
    }

    public async Task AbortAsync(HttpContext context)
    {
        if (await UiReply.BodyAsync<Order>(context).ConfigureAwait(false) is { } order)
        {
            await ActAsync(
                context, order, "there is nothing to abort",
                path => File.WriteAllText(Path.Combine(path, AbortCommand.StopFile), "aborted in the web view\n")).ConfigureAwait(false);
        }
    }

    /// <summary>From the journal, the first ones.</summary>
    public async Task NotesAsync(HttpContext context)
    {
        if (shelf.Find(context.Request.Query["run"]) is not { } path)
        {
            await UiReply.RefuseAsync(context, 404, "there is no such run in this folder").ConfigureAwait(false);
            return;
        }

        if (RunShelf.TooMuch(path) is { } much)
        {
            await UiReply.RefuseAsync(context, 413, much).ConfigureAwait(false);
            return;
        }

        try
        {
            var notes = await Task.Run(() => Notes(path, context.RequestAborted), context.RequestAborted).ConfigureAwait(false);
            await UiReply.JsonAsync(context, new { notes, more = notes.Count == MostNotes, open = !RunShelf.HasEnded(path) }).ConfigureAwait(false);
        }
        catch (JournalException problem)
        {
            await UiReply.RefuseAsync(context, 422, problem.Message).ConfigureAwait(false);
        }
    }

    private static List<object> Notes(string path, CancellationToken cancellation)
    {
        using var journal = JournalFile.Open(path);
        var notes = new List<object>();
        foreach (var note in journal.Events().OfType<JournalEvent.Note>().Take(MostNotes))
        {
            cancellation.ThrowIfCancellationRequested();
            notes.Add(new { at = Nanos.ToSeconds(note.At), text = Printable.Line(note.Text, DrillControl.LongestNote) });
        }

        return notes;
    }

    private async Task ActAsync(HttpContext context, Order order, string tooLate, Action<string> act)
    {
        if (shelf.Find(order.Run) is not { } path)
        {
            await UiReply.RefuseAsync(context, 404, "there is no such run in this folder").ConfigureAwait(false);
        }
        else if (RunShelf.HasEnded(path))
        {
            await UiReply.RefuseAsync(context, 409, $"this run has ended: {tooLate}").ConfigureAwait(false);
        }
        else if (new[] { AbortCommand.StopFile, DrillControl.FileName }.Any(name => new FileInfo(Path.Combine(path, name)).LinkTarget is not null))
        {
            await UiReply.RefuseAsync(context, 409, "this folder holds a link where a run's own file would be").ConfigureAwait(false);
        }
        else
        {
            act(path);
            await UiReply.JsonAsync(context, new { told = true }).ConfigureAwait(false);
        }
    }

    /// <param name="Run">Name of its folder.</param>
    /// <param name="Text">Of a note.</param>
    internal sealed record Order(string? Run, string? Text);
}
