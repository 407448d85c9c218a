using System.Net.Security;
using ChaosBench.Engine.Loops;
using ChaosBench.Engine.Targets.Http;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>What the sessions of one target share.</summary>
internal sealed record LoopParts(
    OpenAiSettings Settings, RequestWriter Writer, HostEndpoints Host, BudgetMeter Budget, RetryAfterGate Gate, Secrets Secrets)
{
    /// <summary>Null: without TLS.</summary>
    public SslClientAuthenticationOptions? Secure { get; init; }
}

/// <summary>One target on one loop: its connections, and calls that are used again and again.</summary>
internal sealed class LoopSession(LoopParts parts, EventLoop loop, int share) : ILoopSession
{
    /// <summary>SYNs on their way at a time: less than the queue of any server that is meant to take load.</summary>
    private const int MaxConnecting = 128;

    private readonly Stack<LoopCall> _resting = new();

    public LoopParts Parts => parts;

    public EventLoop Loop => loop;

    public ConnectionPool Pool { get; } = new(
        loop, parts.Host,
        new PoolLimits(
            Math.Max(1, Math.Min(parts.Settings.MaxConnections, ConnectionBudget.OfThisMachine().Connections) / share),
            MaxConnecting, parts.Settings.ConnectTimeout),
        parts.Secure is { } secure ? new SecureClient(secure) : null);

    public ILoopCall Prepare(Arrival arrival, ILoopSink sink)
    {
        var call = _resting.TryPop(out var rested) ? rested : new LoopCall(this);
        call.Prepare(arrival, sink);
        return call;
    }

    public void Rest(LoopCall call) => _resting.Push(call);

    public void Dispose() => Pool.Dispose();
}
