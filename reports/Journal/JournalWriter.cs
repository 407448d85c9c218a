using System.IO.Compression;

namespace ChaosBench.Reports.Journal;

/// <summary>
/// Writes a run's journal. Whoever writes an event makes its line; the lines wait as bytes and go to the disk four times a second, or
/// as soon as there are many, so that a killed process loses less than a second. Closing packs the file.
/// <code>
/// Write --> a line of JSON --> blocks --(every 250 ms, or 256 KiB)--> journal.jsonl --(close)--> journal.jsonl.gz
/// </code>
/// A journal that cannot be written completes <see cref="Broken"/> at once and is thrown once by <see cref="DisposeAsync"/>.
/// </summary>
public sealed class JournalWriter : IJournalWriter, IAsyncDisposable
{
    /// <summary>Bytes waiting for the disk. A disk that stalls for longer than this holds is a broken journal, not a lossy one.</summary>
    internal const long MostWaiting = 256L << 20;

    /// <summary>Bytes that are worth waking a thread for: some five hundred requests, and still in the cache.</summary>
    private const long Many = 256 << 10;

    private static readonly TimeSpan FlushEvery = TimeSpan.FromMilliseconds(250);

    [ThreadStatic]
    private static LineBuffer? _line;

    private readonly TaskCompletionSource<JournalException> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LineBlocks _waiting = new();
    private readonly Stream _stream;
    private readonly string _place;
    private readonly PeriodicTimer _tick;
    private readonly Task _pump;

    // Guards the stream: whoever takes lines out writes them before anybody takes more.
    private readonly Lock _disk = new();

    // 1: a thread has been asked to write before the next tick.
    private int _asked;
    private volatile bool _closed;

    internal JournalWriter(Stream stream, string place, TimeProvider time)
    {
        _stream = stream;
        _place = place;
        _tick = new PeriodicTimer(FlushEvery, time);
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>Completes when the journal cannot be written any more; the run should stop then. Otherwise never.</summary>
    public Task<JournalException> Broken => _broken.Task;

    /// <summary>
    /// Starts <c>journal.jsonl</c> in a run folder. Throws <see cref="JournalException"/> when it cannot be made or is already there.
    /// </summary>
    public static JournalWriter Create(string folder, TimeProvider time)
    {
        var path = Path.Combine(folder, JournalFile.Name);
        try
        {
            // What is written is whole blocks already.
            var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
            return new JournalWriter(file, path, time);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            throw new JournalException($"{path}: the journal cannot be made: {broken.Message}; choose another folder with "
                + "--out", broken);
        }
    }

    /// <summary>Told of every detection as it is written; returns at once. Null: nobody asks.</summary>
    public Action<JournalEvent.Detection>? Noticed { get; set; }

    public void Write(JournalEvent @event)
    {
        if (Noticed is { } hear && @event is JournalEvent.Detection detection)
        {
            hear(detection);
        }

        if (_closed || _broken.Task.IsCompleted)
        {
            return;
        }

        try
        {
            Keep(LineOf(@event));
        }
#pragma warning disable CA1031 // An event that has no line stops the run as a disk without room does: its maker has other things to do.
        catch (Exception broken)
#pragma warning restore CA1031
        {
            Break(Unwritable(broken), broken);
        }
    }

    public void Flush()
    {
        try
        {
            Drain();
        }
#pragma warning disable CA1031 // As in the pump.
        catch (Exception broken)
#pragma warning restore CA1031
        {
            Break(Unwritable(broken), broken);
        }
    }

    /// <summary>Writes what is waiting, closes and packs the file. Throws the <see cref="JournalException"/> of a broken journal once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        _tick.Dispose();
        await _pump.ConfigureAwait(false);
        try
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // As above: closing writes what is left.
        catch (Exception broken)
#pragma warning restore CA1031
        {
            Break(Unwritable(broken), broken);
        }

        if (_broken.Task.IsCompleted)
        {
            throw await _broken.Task.ConfigureAwait(false);
        }

        Pack();
    }

    private async Task PumpAsync()
    {
        try
        {
            do
            {
                Drain();
            }
            while (await _tick.WaitForNextTickAsync().ConfigureAwait(false));

            Drain();
        }
#pragma warning disable CA1031 // Whatever stops the writing stops the run. A file beyond its quota, for one, is an ArgumentOutOfRangeException.
        catch (Exception broken)
#pragma warning restore CA1031
        {
            Break(Unwritable(broken), broken);
        }
    }

    private void Keep(ReadOnlySpan<byte> line)
    {
        var waiting = _waiting.Add(line);
        if (waiting > MostWaiting)
        {
            Break($"{_place}: the disk did not keep up, {MostWaiting >> 20} MiB of events were waiting; choose a faster one with --out", null);
        }
        else if (waiting > Many && Volatile.Read(ref _asked) == 0 && Interlocked.Exchange(ref _asked, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static writer => writer.DrainEarly(), this, preferLocal: false);
        }
    }

    private void Drain()
    {
        lock (_disk)
        {
            if (!_broken.Task.IsCompleted && _waiting.WriteTo(_stream))
            {
                // To the operating system: enough for a killed process, and it costs the measured system no disk wait.
                _stream.Flush();
            }
        }
    }

    /// <summary>Beside the ticks. The last one drains behind it, whenever it comes.</summary>
    private void DrainEarly()
    {
        Volatile.Write(ref _asked, 0);
        if (!_closed)
        {
            Flush();
        }
    }

    /// <summary>With its end; valid until this thread makes another.</summary>
    private static ReadOnlySpan<byte> LineOf(JournalEvent entry)
    {
        var line = _line ??= new LineBuffer();
        line.Clear();
        JournalFile.WriteLine(entry, line);
        line.Raw("\n"u8);
        return line.Written;
    }

    private void Break(string message, Exception? cause) =>
        _broken.TrySetResult(cause is null ? new JournalException(message) : new JournalException(message, cause));

    private string Unwritable(Exception cause) =>
        $"{_place}: the journal cannot be written: {cause.Message}; free some space or choose another folder with --out. "
            + "What was written until then can be read";

    /// <summary>The packed file appears whole or not at all; where it cannot be made, the plain one stays and says the same.</summary>
    private void Pack()
    {
        if (_stream is not FileStream)
        {
            return;
        }

        var packed = _place + ".gz";
        var half = packed + ".tmp";
        try
        {
            using (var from = File.OpenRead(_place))
            using (var to = new GZipStream(File.Create(half), CompressionLevel.Optimal))
            {
                from.CopyTo(to);
            }

            File.Move(half, packed, overwrite: true);
            File.Delete(_place);
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            TryDelete(half);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception stuck) when (stuck is IOException or UnauthorizedAccessException)
        {
            // The reader ignores it.
        }
    }
}
