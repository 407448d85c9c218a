using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Merging;

/// <summary>One shard's journal, line by line, beginning behind its first.</summary>
internal sealed class ShardReader : IDisposable
{
    private readonly JournalReader _journal;

    /// <param name="skew">Nanoseconds by which the shard began after the first.</param>
    public ShardReader(ShardRun run, long skew)
    {
        (Run, Skew) = (run, skew);
        _journal = JournalFile.Open(run.Folder, ahead: true);
        _journal.NextRaw();
    }

    public ShardRun Run { get; }

    public long Skew { get; }

    /// <summary>Nanoseconds of the last thing that came by.</summary>
    public long Last { get; private set; }

    /// <summary>How the shard ended. Null: no last line came by.</summary>
    public RunEnding? Ending { get; set; }

    /// <summary>The line that <see cref="Head"/> is of; it lives until the next step.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    public LineHead Head { get; private set; }

    /// <returns>False at the end.</returns>
    public bool Step()
    {
        if (_journal.NextRaw() is not { } line)
        {
            return false;
        }

        Line = line;
        Head = LineHead.Read(line.Span) ?? throw new JournalException($"{Run.Folder}: its journal has a line that is no event; it cannot be merged");
        Last = Math.Max(Last, Head.At);
        return Head.Kind != LineKind.Start ? true : throw new JournalException($"{Run.Folder}: its journal begins twice; it cannot be merged");
    }

    public void Dispose() => _journal.Dispose();
}
