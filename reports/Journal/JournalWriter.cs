using System.Buffers;
using System.IO.Compression;
using System.Text.Json;
using System.Threading.Channels;

namespace ChaosBench.Reports.Journal;

/// <summary>
/// Writes a run's journal. Events go through a bounded channel to one reader, which serializes and flushes them four times a second,
/// so that a killed process loses less than a second. Closing packs the file.
/// <code>
/// Write --> channel --> every 250 ms: JSON lines --> journal.jsonl --(close)--> journal.jsonl.gz
/// </code>
/// A journal that cannot be written completes <see cref="Broken"/> at once and is thrown once by <see cref="DisposeAsync"/>.
/// </summary>
public sealed class JournalWriter : IJournalWriter, IAsyncDisposable
{
    /// <summary>Events waiting for the disk. A disk that stalls for longer than this holds is a broken journal, not a lossy one.</summary>
    internal const int Waiting = 1 << 20;

    private static readonly TimeSpan FlushEvery = TimeSpan.FromMilliseconds(250);
    private readonly Channel<JournalEvent> _channel = Channel.CreateBounded<JournalEvent>(
        new BoundedChannelOptions(Waiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly Lock _draining = new(); // one at a time takes from the channel
    private readonly TaskCompletionSource<JournalException> _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Stream _stream;
    private readonly string _place;
    private readonly PeriodicTimer _tick;
    private readonly Task _pump;

    // Of whoever drains.
    private readonly ArrayBufferWriter<byte> _line = new(4096);
    private readonly Utf8JsonWriter _json;
    private bool _closed;

    internal JournalWriter(Stream stream, string place, TimeProvider time)
    {
        _stream = stream;
        _place = place;
        _tick = new PeriodicTimer(FlushEvery, time);
        _json = new Utf8JsonWriter(_line);
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
            var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 128 * 1024);
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

        if (!_channel.Writer.TryWrite(@event) && !_channel.Reader.Completion.IsCompleted && !_closed)
        {
            Break($"{_place}: the disk did not keep up, {Waiting} events were waiting; choose a faster one with --out", null);
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
        _channel.Writer.TryComplete();
        _tick.Dispose();
        await _pump.ConfigureAwait(false);
        await _json.DisposeAsync().ConfigureAwait(false);
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

    private void Drain()
    {
        using var turn = _draining.EnterScope();
        var wrote = false;
        while (!_broken.Task.IsCompleted && _channel.Reader.TryRead(out var entry))
        {
            JournalFile.WriteLine(entry, _json);
            _json.Flush();
            _json.Reset();
            _stream.Write(_line.WrittenSpan);
            _stream.WriteByte((byte)'\n');
            _line.ResetWrittenCount();
            wrote = true;
        }

        if (wrote)
        {
            // To the operating system: enough for a killed process, and it costs the measured system no disk wait.
            _stream.Flush();
        }
    }

    private void Break(string message, Exception? cause)
    {
        _broken.TrySetResult(cause is null ? new JournalException(message) : new JournalException(message, cause));
        _channel.Writer.TryComplete();
    }

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
