namespace ChaosBench.Reports.Journal;

/// <summary>
/// Reads a stream one block ahead, as a task of its own: whoever unpacks does not wait for whoever reads lines. To be read from front to end.
/// </summary>
internal sealed class AheadStream(Stream of) : Stream
{
    private const int Block = 256 * 1024;
    private byte[] _taken = new byte[Block];
    private byte[] _next = new byte[Block];
    private int _at;
    private int _length;
    private Task<int>? _filling;

    // What went wrong behind bytes that were read whole: told when those are used up.
    private Exception? _broken;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_at == _length && !Turn())
        {
            return 0;
        }

        var count = Math.Min(buffer.Length, _length - _at);
        _taken.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // A task that still reads must not find the stream closed.
            _ = _filling?.ContinueWith(_ => { }, TaskScheduler.Default).Wait(Timeout.Infinite);
            of.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <returns>False at the end.</returns>
    private bool Turn()
    {
        _length = (_filling ?? Task.Run(Fill)).GetAwaiter().GetResult();
        _at = 0;
        (_taken, _next) = (_next, _taken);
        _filling = _length > 0 ? Task.Run(Fill) : Task.FromResult(0);
        return _length > 0;
    }

    private int Fill()
    {
        if (_broken is not null)
        {
            throw _broken;
        }

        var have = 0;
        try
        {
            for (var read = -1; read != 0 && have < Block; have += read)
            {
                read = of.Read(_next, have, Block - have);
            }
        }
        catch (Exception broken) when (have > 0 && broken is InvalidDataException or IOException)
        {
            _broken = broken;
        }

        return have;
    }
}
