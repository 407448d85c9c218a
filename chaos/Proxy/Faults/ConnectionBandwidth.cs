using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>connection.bandwidth</c>: a thin line.</summary>
internal sealed class ConnectionBandwidth(PlannedFault planned) : ByteFault(planned)
{
    /// <summary>Sends a second: often enough to look steady to a reader.</summary>
    private const int Slices = 20;

    private static readonly FaultParameter PerSecond =
        new("perSecond", "size", "8KiB", "Bytes of the reply that pass in a second.") { Least = "20B", Most = "1GiB" };

    public static FaultKind Kind { get; } = ProxyKind.Connection(
        "connection.bandwidth", "A reply travels at so many bytes a second.",
        "It is slow, and whole; other requests keep their pace.", ", with: { perSecond: 8KiB }", PerSecond);

    public override ByteSink Sink(Exchange exchange, ByteSink next) => new Thin(exchange, this, next, PerSecond.SizeOf(Planned.Fault) / Slices);

    private sealed class Thin(Exchange exchange, ProxyFault fault, ByteSink next, int slice) : ByteSink
    {
        private int _left;

        public override async ValueTask<Flow> WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            exchange.Applied(fault);
            while (!bytes.IsEmpty && !fault.Lifted.IsCancellationRequested)
            {
                if (_left == 0)
                {
                    await exchange.WaitAsync(TimeSpan.FromSeconds(1) / Slices, fault.Lifted).ConfigureAwait(false);
                    _left = slice;
                }

                var count = Math.Min(_left, bytes.Length);
                if (await next.WriteAsync(bytes[..count]).ConfigureAwait(false) is not Flow.Continue and var end)
                {
                    return end;
                }

                bytes = bytes[count..];
                _left -= count;
            }

            return bytes.IsEmpty ? Flow.Continue : await next.WriteAsync(bytes).ConfigureAwait(false);
        }
    }
}
