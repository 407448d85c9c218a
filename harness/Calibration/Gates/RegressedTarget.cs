using System.Threading.Channels;
using ChaosBench.Engine.Targets;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Calibrating.Gates;

/// <summary>
/// A target with a known regression in front of it. Both versions get one, so that what the wrapper itself costs burdens both. Does not
/// own the target.
/// </summary>
internal sealed class RegressedTarget(ITarget inner, Regression regression, RegressionParts parts) : ITarget
{
    private const double FewShare = 0.01;
    private const double FewFactor = 10;
    private const int TruncatedTokens = 12;
    private const int LeakBytes = 64 * 1024;

    private readonly SemaphoreSlim _section = new(1);
    private readonly Lock _lock = new();
    private readonly List<byte[]> _leaked = [];

    public string Name => inner.Name;

    public Task<TargetIdentity> StartAsync(CancellationToken cancellation) => inner.StartAsync(cancellation);

    public async Task<Response> SendAsync(Arrival arrival, IResponseSink sink, CancellationToken cancellation)
    {
        switch (regression)
        {
            case Regression.Added added:
                return await LateAsync(arrival, sink, added.Share, cancellation).ConfigureAwait(false);
            case Regression.SlowFew when IsOneOfFew(arrival):
                return await LateAsync(arrival, sink, FewFactor - 1, cancellation).ConfigureAwait(false);
            case Regression.Truncated:
                var shorter = arrival with { Sampling = arrival.Sampling with { MaxTokens = Math.Min(TruncatedTokens, arrival.Sampling.MaxTokens) } };
                return await inner.SendAsync(shorter, sink, cancellation).ConfigureAwait(false);
            case Regression.Lock:
                await SectionAsync().ConfigureAwait(false);
                return await inner.SendAsync(arrival, sink, cancellation).ConfigureAwait(false);
            case Regression.Leak:
                Leak();
                return await inner.SendAsync(arrival, sink, cancellation).ConfigureAwait(false);
            default:
                return await inner.SendAsync(arrival, sink, cancellation).ConfigureAwait(false);
        }
    }

    public ValueTask DisposeAsync()
    {
        _leaked.Clear();
        _section.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>By what was drawn, so that it is the same request on another day.</summary>
    private bool IsOneOfFew(Arrival arrival)
    {
        var hash = parts.Seed;
        foreach (var letter in arrival.Key)
        {
            hash = unchecked((hash ^ letter) * 0x100000001B3UL);
        }

        return new SplitMix64(hash).NextDouble() < FewShare;
    }

    private async Task SectionAsync()
    {
        await _section.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await parts.Line.UntilAsync(parts.Line.Now + parts.SectionNanos).ConfigureAwait(false);
        }
        finally
        {
            _section.Release();
        }
    }

    private void Leak()
    {
        var left = new byte[LeakBytes];
        Array.Fill(left, (byte)1);
        lock (_lock)
        {
            _leaked.Add(left);
        }
    }

    private async Task<Response> LateAsync(Arrival arrival, IResponseSink sink, double share, CancellationToken cancellation)
    {
        var held = new HeldEvents(sink, parts.Line, share);
        var pump = held.PumpAsync(cancellation);
        Response response;
        try
        {
            response = await inner.SendAsync(arrival, held, cancellation).ConfigureAwait(false);
        }
        finally
        {
            held.Close();
        }

        await pump.ConfigureAwait(false);
        return cancellation.IsCancellationRequested ? response with { Outcome = Outcome.Cancelled } : response;
    }

    /// <summary>Holds every event back until its later instant has come.</summary>
    private sealed class HeldEvents(IResponseSink sink, DelayLine line, double share) : IResponseSink
    {
        private readonly Channel<(int Tokens, long At)> _events =
            Channel.CreateUnbounded<(int, long)>(new UnboundedChannelOptions { SingleReader = true });

        private long _sent = line.Now;

        public void Sent()
        {
            _sent = line.Now;
            sink.Sent();
        }

        public void Tokens(int tokens) => _events.Writer.TryWrite((tokens, line.Now));

        public void Close() => _events.Writer.TryComplete();

        public async Task PumpAsync(CancellationToken cancellation)
        {
            await foreach (var (tokens, at) in _events.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                if (!cancellation.IsCancellationRequested)
                {
                    await line.UntilAsync(at + (long)(share * (at - _sent))).ConfigureAwait(false);
                }

                sink.Tokens(tokens);
            }
        }
    }
}

/// <summary>What regressions need.</summary>
/// <param name="SectionNanos">How long the serialised section is held.</param>
internal sealed record RegressionParts(DelayLine Line, long SectionNanos, ulong Seed);
