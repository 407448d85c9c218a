using System.Buffers;
using System.Threading.Tasks.Sources;
using ChaosBench.Engine.Loops;

namespace ChaosBench.Engine.Targets.Http;

/// <summary>
/// The network as a TLS stream sees it, in memory: ciphertext that was received is fed in, ciphertext to be sent is taken out. A read
/// waits until something is fed, and goes on inside <see cref="Feed"/>; only while hands are shaken does it go on elsewhere.
/// </summary>
internal sealed class CipherPipe(Action onWritten) : Stream, IValueTaskSource<int>
{
    // Guards everything below: the handshake is not on the loop's thread.
    private readonly Lock _lock = new();
    private readonly Bytes _incoming = new();
    private readonly Bytes _outgoing = new();
    private ManualResetValueTaskSourceCore<int> _reading = new() { RunContinuationsAsynchronously = true };
    private Memory<byte> _into;
    private bool _waits;
    private bool _ended;

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Reads go on inside <see cref="Feed"/> from now on.</summary>
    public void StayOnLoop() => _reading.RunContinuationsAsynchronously = false;

    /// <summary>Bytes that arrived; none at the end of the stream.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        int count;
        lock (_lock)
        {
            _ended |= bytes.IsEmpty;
            _incoming.Append(bytes);
            if (!_waits)
            {
                return;
            }

            _waits = false;
            count = _incoming.Take(_into.Span);
            _into = default;
        }

        _reading.SetResult(count);
    }

    /// <summary>Sends what waits.</summary>
    /// <returns>0 when nothing waits any more, else errno.</returns>
    public int Flush(LoopSocket socket)
    {
        lock (_lock)
        {
            while (!_outgoing.Span.IsEmpty)
            {
                var sent = socket.Send(_outgoing.Span);
                if (sent < 0)
                {
                    return -sent;
                }

                _outgoing.Drop(sent);
            }

            return 0;
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_ended || !_incoming.Span.IsEmpty)
            {
                return new ValueTask<int>(_incoming.Take(buffer.Span));
            }

            (_into, _waits) = (buffer, true);
            _reading.Reset();
            return new ValueTask<int>(this, _reading.Version);
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        lock (_lock)
        {
            _outgoing.Append(buffer);
        }

        onWritten();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
        // Goes out by itself.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A read that may not wait has no meaning here.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _reading.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _reading.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reading.OnCompleted(continuation, state, token, flags);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            lock (_lock)
            {
                _ended = true;
                _incoming.Clear();
                _outgoing.Clear();
            }
        }

        base.Dispose(disposing);
    }

    /// <summary>A queue of bytes in rented memory; none is held while it is empty.</summary>
    private sealed class Bytes
    {
        private byte[] _rented = [];
        private int _start;
        private int _end;

        public ReadOnlySpan<byte> Span => _rented.AsSpan(_start, _end - _start);

        public void Append(ReadOnlySpan<byte> bytes)
        {
            if (_rented.Length - _end < bytes.Length)
            {
                var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Span.Length + bytes.Length, 1024));
                Span.CopyTo(larger);
                var length = Span.Length;
                Clear();
                (_rented, _end) = (larger, length);
            }

            bytes.CopyTo(_rented.AsSpan(_end));
            _end += bytes.Length;
        }

        public int Take(Span<byte> into)
        {
            var count = Math.Min(into.Length, Span.Length);
            Span[..count].CopyTo(into);
            Drop(count);
            return count;
        }

        public void Drop(int count)
        {
            _start += count;
            if (_start == _end)
            {
                Clear();
            }
        }

        public void Clear()
        {
            if (_rented.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_rented);
            }

            (_rented, _start, _end) = ([], 0, 0);
        }
    }
}
