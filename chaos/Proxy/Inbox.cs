using System.Buffers;
using ChaosBench.Chaos.Proxy.Http;
using ChaosBench.Chaos.Proxy.Wire;

namespace ChaosBench.Chaos.Proxy;

/// <summary>
/// Bytes that a peer has sent and nobody has taken. Holds one head at most: a peer that sends faster waits in the kernel. A read may be
/// started ahead; the next one then takes its result.
/// </summary>
internal sealed class Inbox(PeerWire wire) : IDisposable
{
    private const int Usual = 16 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Usual);
    private int _start;
    private int _end;
    private Task<int>? _ahead;

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Nothing more is read before something is dropped.</summary>
    public bool IsFull => _end - _start >= HeadScan.MaxBytes;

    public void Drop(int count)
    {
        _start += count;
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }
    }

    /// <summary>Waits for a read that was started ahead, if one was. Before this, what is there may still change.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    public async ValueTask SettleAsync()
    {
        if (_ahead is not null)
        {
            await FillAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits for more.</summary>
    /// <returns>0 when no more follows.</returns>
    /// <exception cref="IOException">The connection is gone.</exception>
    public ValueTask<int> FillAsync()
    {
        if (_ahead is { } started)
        {
            _ahead = null;
            return new ValueTask<int>(started);
        }

        return ReadAsync();
    }

    /// <summary>Starts the next read now. Nothing else may be asked of the inbox but <see cref="FillAsync"/>, until that is done.</summary>
    public Task<int> FillAhead() => _ahead ??= ReadAsync().AsTask();

    public void Dispose()
    {
        // A buffer that a read may still write to is not given back.
        if (_ahead is null or { IsCompleted: true } && _buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = [];
        (_start, _end) = (0, 0);
    }

    private async ValueTask<int> ReadAsync()
    {
        MakeRoom();
        var buffer = _buffer;
        var count = await wire.ReceiveAsync(buffer.AsMemory(_end)).ConfigureAwait(false);
        _end += count;
        return count;
    }

    private void MakeRoom()
    {
        if (_end < _buffer.Length)
        {
            return;
        }

        var held = _end - _start;
        if (held > _buffer.Length / 2)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            Bytes.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
        else
        {
            Bytes.CopyTo(_buffer);
        }

        (_start, _end) = (0, held);
    }
}
