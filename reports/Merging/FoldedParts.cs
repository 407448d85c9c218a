using System.Text.Json;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Reports.Merging;

/// <summary>Folds the merged lines while they are being merged, stretch by stretch in their order, on another core.</summary>
internal sealed class FoldedParts : IDisposable
{
    private const int Most = 4;
    private readonly RunFold _fold = new();
    private readonly QuickLine _quick = new();
    private readonly Queue<Task> _folding = new();
    private Task _last = Task.CompletedTask;

    public void Start(JournalEvent.RunStarted started) => _fold.Add(started);

    /// <exception cref="LineException">A line of an earlier stretch is no event.</exception>
    public void Add(Stretch stretch)
    {
        _last = After(_last, stretch);
        _folding.Enqueue(_last);
        while (_folding.Count > Most)
        {
            _folding.Dequeue().GetAwaiter().GetResult();
        }
    }

    /// <summary>Waits for what is still being folded.</summary>
    /// <exception cref="LineException">A line is no event.</exception>
    public void Flush() => _last.GetAwaiter().GetResult();

    /// <summary>After <see cref="Flush"/>.</summary>
    public RunFold Close(JournalEvent.RunStarted started)
    {
        _fold.Restart(started);
        return _fold;
    }

    public void Dispose() => _last.ContinueWith(_ => { }, TaskScheduler.Default).Wait(Timeout.Infinite);

    private async Task After(Task before, Stretch stretch)
    {
        try
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            Fold(stretch.Bytes);
        }
        finally
        {
            stretch.Done();
        }
    }

    private void Fold(ReadOnlySpan<byte> lines)
    {
        while (lines.IndexOf((byte)'\n') is >= 0 and var end)
        {
            _fold.Add(Read(lines[..end]));
            lines = lines[(end + 1)..];
        }
    }

    private JournalEvent Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return _quick.Read(line) ?? JournalFile.FromLine(line);
        }
        catch (Exception broken) when (broken is JsonException or NotSupportedException or InvalidOperationException or FormatException)
        {
            throw new LineException($"a line of a shard's journal is no event: {broken.Message.ReplaceLineEndings(" ")}", broken);
        }
    }
}

/// <summary>A line is no event; whose it is has to be found.</summary>
internal sealed class LineException(string message, Exception cause) : Exception(message, cause);
