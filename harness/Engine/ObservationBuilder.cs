using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Engine;

/// <summary>
/// Stamps the instants of one request as its target reports them. A target may still be talking while the engine gives up on
/// the request, so each call takes the lock; what comes after <see cref="Close"/> is ignored.
/// </summary>
internal sealed class ObservationBuilder(RunClock clock, Action? onSent = null) : IResponseSink
{
    // Guards every field below.
    private readonly Lock _lock = new();
    private readonly GapBuffer _gaps = new();
    private long? _sent;
    private long? _firstToken;
    private long? _lastToken;
    private int _firstEventTokens;
    private long _tokens;
    private bool _closed;

    public bool HasFirstToken
    {
        get
        {
            lock (_lock)
            {
                return _firstToken is not null;
            }
        }
    }

    public void Sent() => Sent(clock.Now);

    public void Sent(long stamp)
    {
        lock (_lock)
        {
            if (_closed || _sent is not null)
            {
                return;
            }

            _sent = stamp;
        }

        onSent?.Invoke();
    }

    public void Tokens(int tokens) => Tokens(tokens, clock.Now);

    public long Stamp() => clock.Now;

    public void Tokens(int tokens, long stamp)
    {
        lock (_lock)
        {
            if (_closed || tokens < 1)
            {
                return;
            }

            if (_lastToken is not { } last)
            {
                _firstToken = stamp;
                _firstEventTokens = tokens;
            }
            else
            {
                _gaps.Add(Math.Max(0, stamp - last), tokens);
            }

            _lastToken = stamp;
            _tokens += tokens;
        }
    }

    /// <summary>What was stamped until now; nothing after it counts.</summary>
    public Instants Close()
    {
        lock (_lock)
        {
            _closed = true;
            return new Instants(_sent, _firstToken, _lastToken, _firstEventTokens, _tokens, _gaps.Take());
        }
    }

    /// <summary>Begins again, for another request.</summary>
    public void Renew()
    {
        lock (_lock)
        {
            _gaps.Clear();
            (_sent, _firstToken, _lastToken, _firstEventTokens, _tokens, _closed) = (null, null, null, 0, 0, false);
        }
    }
}

/// <param name="Tokens">All that were reported.</param>
internal readonly record struct Instants(
    long? Sent, long? FirstToken, long? LastToken, int FirstEventTokens, long Tokens, IReadOnlyList<TokenGap> Gaps)
{
    /// <summary>Of a request that was never sent.</summary>
    public static Instants None { get; } = new(null, null, null, 0, 0, []);
}
