using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>http.slow_headers</c>: the head of a reply drips.</summary>
internal sealed class HttpSlowHeaders(PlannedFault planned) : ByteFault(planned)
{
    private const int Parts = 20;

    private static readonly FaultParameter Delay =
        new("delay", "duration", "2s", "From the first byte of the head to its last.") { Least = "1ms", Most = "10m" };

    public static FaultKind Kind { get; } = ProxyKind.Http(
        "http.slow_headers", "Status line and headers of a reply drip out over a time; the body follows at its own pace.",
        "A limit on the head fires, and the request is given up or sent elsewhere.", ", with: { delay: 2s }", Delay);

    public override ByteSink Sink(Exchange exchange, ByteSink next) => new Drip(exchange, this, next, Delay.DurationOf(Planned.Fault));

    private sealed class Drip(Exchange exchange, ProxyFault fault, ByteSink next, TimeSpan delay) : ByteSink
    {
        private bool _headIsOut;

        public override async ValueTask<Flow> WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            var size = _headIsOut ? bytes.Length : Math.Max(1, bytes.Length / Parts);
            if (!_headIsOut)
            {
                exchange.Applied(fault);
                _headIsOut = true;
            }

            while (bytes.Length > size && !fault.Lifted.IsCancellationRequested)
            {
                if (await next.WriteAsync(bytes[..size]).ConfigureAwait(false) is not Flow.Continue and var end)
                {
                    return end;
                }

                bytes = bytes[size..];
                await exchange.WaitAsync(delay / Parts, fault.Lifted).ConfigureAwait(false);
            }

            return await next.WriteAsync(bytes).ConfigureAwait(false);
        }
    }
}
