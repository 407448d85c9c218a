using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>connection.jitter</c>: a line whose delay varies.</summary>
internal sealed class ConnectionJitter(PlannedFault planned) : ByteFault(planned)
{
    private static readonly FaultParameter Delay =
        new("delay", "duration", "30ms", "Mean wait before each piece of a reply.") { Least = "0ms", Most = "1m" };
    private static readonly FaultParameter Spread =
        new("jitter", "duration", "20ms", "Largest deviation from it, to both sides, uniform; 0ms: a fixed delay.") { Least = "0ms", Most = "1m" };

    public static FaultKind Kind { get; } = ProxyKind.Connection(
        "connection.jitter", "Every piece of a reply waits, for a time that varies.",
        "Latency grows by what was added, and no more; limits leave room for it.", ", with: { delay: 30ms, jitter: 20ms }", Delay, Spread);

    public override ByteSink Sink(Exchange exchange, ByteSink next) =>
        new Wobble(exchange, this, next, (Delay.DurationOf(Planned.Fault), Spread.DurationOf(Planned.Fault)));

    private sealed class Wobble(Exchange exchange, ProxyFault fault, ByteSink next, (TimeSpan Mean, TimeSpan Most) delay) : ByteSink
    {
        private readonly SplitMix64 _random = exchange.Random(fault);

        public override async ValueTask<Flow> WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            var wait = delay.Mean + (delay.Most * ((_random.NextDouble() * 2) - 1));
            if (!fault.Lifted.IsCancellationRequested && wait > TimeSpan.Zero)
            {
                exchange.Applied(fault);
                await exchange.WaitAsync(wait, fault.Lifted).ConfigureAwait(false);
            }

            return await next.WriteAsync(bytes).ConfigureAwait(false);
        }
    }
}
