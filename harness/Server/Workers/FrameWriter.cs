using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace ChaosBench.Server.Workers;

/// <summary>
/// Writes frames to a pipe from a thread of its own: posting never waits, even when nobody reads, and what is posted meanwhile goes
/// out in one write.
/// </summary>
internal sealed class FrameWriter : IDisposable
{
    /// <summary>Bytes that may wait for a reader; beyond it the other side is given up.</summary>
    private const int LargestBacklog = 64 << 20;

    private readonly Stream _pipe;
    private readonly Thread _thread;
    private readonly SemaphoreSlim _posted = new(0);

    // Guards _waiting and _closed; held by Close also when Post already holds it.
    private readonly Lock _lock = new();
    private ArrayBufferWriter<byte> _waiting = new(1 << 12);
    private bool _closed;
    private readonly ManualResetEventSlim _path = new(true);

    public FrameWriter(Stream pipe, string name)
    {
        _pipe = pipe;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    public void Post(FrameKind kind, uint request = 0, ReadOnlySpan<byte> payload = default, ReadOnlySpan<byte> rest = default)
    {
        lock (_lock)
        {
            if (Open(kind, request, payload.Length + rest.Length) is { } buffer)
            {
                buffer.Write(payload);
                buffer.Write(rest);
                Filled();
            }
        }
    }

    public void PostTokens(uint request, int count, string text)
    {
        lock (_lock)
        {
            var length = Encoding.UTF8.GetByteCount(text);
            if (Open(FrameKind.Tokens, request, sizeof(int) + length) is { } buffer)
            {
                BinaryPrimitives.WriteInt32LittleEndian(buffer.GetSpan(sizeof(int)), count);
                buffer.Advance(sizeof(int));
                buffer.Advance(Encoding.UTF8.GetBytes(text, buffer.GetSpan(length)));
                Filled();
            }
        }
    }

    /// <summary>Held, nothing goes out and everything waits in its order; let go, it goes.</summary>
    public void Hold(bool held)
    {
        lock (_lock)
        {
            if (!held)
            {
                _path.Set();
            }
            else if (!_closed)
            {
                _path.Reset();
            }
        }
    }

    /// <summary>Sends what was posted, then closes the pipe; the other side sees its end. Does not wait.</summary>
    public void Close()
    {
        lock (_lock)
        {
            if (!_closed)
            {
                _closed = true;
                _posted.Release();
            }
        }
    }

    /// <summary>Waits until everything is out, or the pipe is broken.</summary>
    public void Dispose()
    {
        Close();
        _path.Set();
        _thread.Join();
        _posted.Dispose();
        _path.Dispose();
    }

    private ArrayBufferWriter<byte>? Open(FrameKind kind, uint request, int length)
    {
        if (_waiting.WrittenCount + length > LargestBacklog)
        {
            Close();
        }

        if (_closed)
        {
            return null;
        }

        Frame.WriteHeader(_waiting.GetSpan(Frame.HeaderSize), length, kind, request);
        _waiting.Advance(Frame.HeaderSize);
        return _waiting;
    }

    private void Filled()
    {
        if (_posted.CurrentCount == 0)
        {
            _posted.Release();
        }
    }

    private void Run()
    {
        var going = new ArrayBufferWriter<byte>(1 << 12);
        try
        {
            for (var closed = false; !closed;)
            {
                _posted.Wait();
                _path.Wait();
                lock (_lock)
                {
                    (going, _waiting, closed) = (_waiting, going, _closed);
                }

                _pipe.Write(going.WrittenSpan);
                _pipe.Flush();
                going.ResetWrittenCount();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The other side is gone; whoever reads from it finds out.
        }

        lock (_lock)
        {
            _closed = true;
        }

        _pipe.Dispose();
    }
}
