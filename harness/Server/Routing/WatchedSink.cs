namespace ChaosBench.Server.Routing;

/// <summary>
/// Passes tokens on and remembers whether the caller has seen any: a request that has streamed cannot start anew. Closed, it passes
/// nothing more, so that a replica that comes back late does not write into the answer of another.
/// </summary>
internal sealed class WatchedSink(IGenerationSink? inner) : IGenerationSink
{
    // Guards the rest: a replica's thread writes, a request that is given up closes.
    private readonly Lock _lock = new();
    private bool _started;
    private bool _closed;
    private int _count;

    public bool Started
    {
        get
        {
            lock (_lock)
            {
                return _started;
            }
        }
    }

    /// <summary>Tokens so far.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    public void Tokens(int count, string text)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            _count += count;
            _started = inner is not null;
            inner?.Tokens(count, text);
        }
    }

    public void LogProb(TokenLogProb logProb)
    {
        lock (_lock)
        {
            if (!_closed)
            {
                _started = inner is not null;
                inner?.LogProb(logProb);
            }
        }
    }

    /// <summary>False when the caller has seen something.</summary>
    public bool TryClose()
    {
        lock (_lock)
        {
            _closed |= !_started;
            return _closed;
        }
    }

    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }
    }
}
