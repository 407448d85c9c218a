using System.Buffers;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;
using ChaosBench.Chaos.Proxy.Http;
using ChaosBench.Chaos.Proxy.Wire;

namespace ChaosBench.Chaos.Proxy;

/// <summary>
/// Bytes that a peer has sent and nobody has taken. Holds one head at most: a peer that sends faster waits in the kernel. A read may be
/// started ahead; the next one then takes its result. Reading allocates nothing but its buffer.
/// </summary>
internal sealed class Inbox : IValueTaskSource<int>, IDisposable
{
    private const int Usual = 16 * 1024;

    private readonly PeerWire _wire;
    private readonly Action _onAhead;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Usual);
    private int _start;
    private int _end;
    private bool _isReading;

    // The read that was started ahead, and who waits for its result.
    private bool _isAhead;
    private ConfiguredValueTaskAwaitable<int>.ConfiguredValueTaskAwaiter _reading;
    private ManualResetValueTaskSourceCore<int> _ahead;

    public Inbox(PeerWire wire) => (_wire, _onAhead) = (wire, OnAhead);

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Nothing more is read before something is dropped.</summary>
    public bool IsFull => _end - _start >= HeadScan.MaxBytes;

    /// <summary>A read ahead found that the peer sends no more: false, or that the connection is broken: true. Told before whoever waits.</summary>
    public Action<bool>? Ended { get; set; }

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
    public ValueTask<int> SettleAsync() => _isAhead ? FillAsync() : ValueTask.FromResult(0);

    /// <summary>Waits for more.</summary>
    /// <returns>0 when no more follows.</returns>
    /// <exception cref="IOException">The connection is gone.</exception>
    public ValueTask<int> FillAsync()
    {
        if (_isAhead)
        {
            _isAhead = false;
            return new ValueTask<int>(this, _ahead.Version);
        }

        return ReadAsync();
    }

    /// <summary>Starts the next read now. Nothing else may be asked of the inbox but <see cref="FillAsync"/>, until that is done.</summary>
    public void FillAhead()
    {
        if (_isAhead)
        {
            return;
        }

        _isAhead = true;
        _ahead.Reset();
#pragma warning disable CA2012 // Consumed once, in OnAhead.
        _reading = ReadAsync().ConfigureAwait(false).GetAwaiter();
#pragma warning restore CA2012
        if (_reading.IsCompleted)
        {
            OnAhead();
        }
        else
        {
            _reading.UnsafeOnCompleted(_onAhead);
        }
    }

    public void Dispose()
    {
        // A buffer that a read may still write to is not given back.
        if (!_isReading && _buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = [];
        (_start, _end) = (0, 0);
    }

    int IValueTaskSource<int>.GetResult(short token) => _ahead.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _ahead.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _ahead.OnCompleted(continuation, state, token, flags);

    private void OnAhead()
    {
        int count;
        try
        {
            count = _reading.GetResult();
        }
        catch (Exception broken)
        {
            // Whatever it is belongs to whoever waits; here it would end the thread that told.
            Ended?.Invoke(true);
            _ahead.SetException(broken);
            return;
        }

        if (count == 0)
        {
            Ended?.Invoke(false);
        }

        _ahead.SetResult(count);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadAsync()
    {
        MakeRoom();
        _isReading = true;
        var count = await _wire.ReceiveAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
        _isReading = false;
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
