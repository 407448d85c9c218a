using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy.Faults;

/// <summary><c>stream.legal_split</c>: events that arrive in several packets.</summary>
internal sealed class LegalSplit(PlannedFault planned) : ByteFault(planned)
{
    private static readonly FaultParameter Bytes = new("bytes", "size", "7B", "Of one packet.") { Least = "1B", Most = "1KiB" };
    private static readonly FaultParameter Gap =
        new("gap", "duration", "500us", "Between two packets, so that a reader really gets them one by one.") { Least = "0ms", Most = "1s" };

    public static FaultKind Kind { get; } = ProxyKind.Control(
        "stream.legal_split", "A stream arrives in packets of a few bytes that end inside lines, characters and chunk sizes.",
        ", with: { bytes: 7B }", Bytes, Gap);

    internal override bool IsAboutStreams => true;

    public override ByteSink Sink(Exchange exchange, ByteSink next) =>
        new Split(exchange, this, next, Bytes.SizeOf(Planned.Fault), Gap.DurationOf(Planned.Fault));

    private sealed class Split(Exchange exchange, ProxyFault fault, ByteSink next, int size, TimeSpan gap) : ByteSink
    {
        public override async ValueTask<Flow> WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            exchange.Applied(fault);
            for (; !bytes.IsEmpty; bytes = bytes[Math.Min(size, bytes.Length)..])
            {
                var part = fault.Lifted.IsCancellationRequested ? bytes : bytes[..Math.Min(size, bytes.Length)];
                if (await next.WriteAsync(part).ConfigureAwait(false) is not Flow.Continue and var end)
                {
                    return end;
                }

                if (part.Length == bytes.Length)
                {
                    return Flow.Continue;
                }

                await exchange.WaitAsync(gap, fault.Lifted).ConfigureAwait(false);
            }

            return Flow.Continue;
        }
    }
}
