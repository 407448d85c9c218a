using System.Runtime.CompilerServices;
using ChaosBench.Chaos.Proxy.Http;
using ChaosBench.Chaos.Proxy.Wire;

namespace ChaosBench.Chaos.Proxy;

/// <summary>Brings one reply from the upstream to the client: as it came, or through the filters of the faults that chose it.</summary>
internal sealed class Relay(PeerWire client, Inbox upstream, RequestHead request, Exchange? exchange)
{
    private bool _closes;

    /// <summary>The reply cannot be understood, or switches to another protocol: nothing that follows can either.</summary>
    public bool BecameOpaque { get; private set; }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Flow> RunAsync()
    {
        while (true)
        {
            var length = await HeadAsync().ConfigureAwait(false);
            if (length == 0)
            {
                // Closed without a word, or in the middle of one: the client gets what there is and the same end.
                await PassAsync(upstream.Bytes.Length).ConfigureAwait(false);
                return Flow.Close;
            }

            if (length < 0 || ReplyHead.Parse(upstream.Bytes.Span[..length], request.HasNoReplyBody) is not { } head)
            {
                BecameOpaque = true;
                return Flow.Continue;
            }

            if (head.IsInterim)
            {
                await PassAsync(length).ConfigureAwait(false);
                continue;
            }

            _closes = head.Closes || head.Body.EndsWithConnection;
            exchange?.MeetReply(head is { IsEventStream: true, Status: 200 });
            var hits = exchange?.Hits.Where(fault => fault is ReplyFault or ByteFault).ToList();
            return hits is { Count: > 0 } && request.IsHttp11
                ? await ShapeAsync(head, hits).ConfigureAwait(false)
                : await CopyAsync(head).ConfigureAwait(false);
        }
    }

    private Flow AtEnd => _closes ? Flow.Close : Flow.Continue;

    /// <returns>The head's length; 0 when the connection ended first, -1 when it is too long.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> HeadAsync()
    {
        await upstream.SettleAsync().ConfigureAwait(false);
        while (true)
        {
            if (HeadScan.LengthOf(upstream.Bytes.Span) is var length and > 0)
            {
                return length;
            }

            if (upstream.IsFull || upstream.Bytes.Span is [not (byte)'H', ..])
            {
                return -1;
            }

            if (await upstream.FillAsync().ConfigureAwait(false) == 0)
            {
                return 0;
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Flow> CopyAsync(ReplyHead head)
    {
        var body = head.Body;
        var taken = head.Length + body.Skip(upstream.Bytes.Span[head.Length..]);
        while (true)
        {
            if (body.IsBroken)
            {
                BecameOpaque = true;
                return Flow.Continue;
            }

            await PassAsync(taken).ConfigureAwait(false);
            if (body.IsDone)
            {
                BecameOpaque = head.Status == 101;
                return AtEnd;
            }

            if (upstream.Bytes.IsEmpty && await upstream.FillAsync().ConfigureAwait(false) == 0)
            {
                return Flow.Close;
            }

            taken = body.Skip(upstream.Bytes.Span);
        }
    }

    private async ValueTask<Flow> ShapeAsync(ReplyHead head, IReadOnlyList<ProxyFault> faults)
    {
        var chain = Chain(faults);
        var lines = HeadLines.Of(head, upstream.Bytes.Span[..head.Length]);
        upstream.Drop(head.Length);
        var flow = await chain.HeadAsync(lines).ConfigureAwait(false);
        var body = head.Body;
        var events = head.IsEventStream ? new EventSplitter() : null;
        while (flow == Flow.Continue && !body.IsDone)
        {
            if (upstream.Bytes.IsEmpty && await upstream.FillAsync().ConfigureAwait(false) == 0)
            {
                flow = await RestAsync(chain, events).ConfigureAwait(false);
                return body.EndsWithConnection && flow == Flow.Continue ? await LastAsync(chain).ConfigureAwait(false) : Flow.Close;
            }

            var (taken, piece) = Take(ref body, upstream.Bytes);
            flow = await HandOnAsync(chain, events, piece).ConfigureAwait(false);
            if (taken == 0 || body.IsBroken)
            {
                return Flow.Close;
            }

            upstream.Drop(taken);
        }

        if (flow == Flow.Continue)
        {
            flow = await RestAsync(chain, events).ConfigureAwait(false);
        }

        return flow == Flow.Continue ? await LastAsync(chain).ConfigureAwait(false) : flow;
    }

    private static (int Taken, ReadOnlyMemory<byte> Piece) Take(ref BodyReader body, ReadOnlyMemory<byte> bytes)
    {
        var taken = body.Take(bytes.Span, out var payload);
        return (taken, payload.ToArray());
    }

    private static async ValueTask<Flow> HandOnAsync(ReplyFilter chain, EventSplitter? events, ReadOnlyMemory<byte> bytes)
    {
        if (events is null)
        {
            return bytes.IsEmpty ? Flow.Continue : await chain.PieceAsync(bytes).ConfigureAwait(false);
        }

        events.Add(bytes.Span);
        while (events.TryTake(out var piece))
        {
            if (await chain.PieceAsync(piece).ConfigureAwait(false) is not Flow.Continue and var end)
            {
                return end;
            }
        }

        return Flow.Continue;
    }

    /// <summary>What the upstream left unfinished is not made whole by the proxy.</summary>
    private static ValueTask<Flow> RestAsync(ReplyFilter chain, EventSplitter? events) =>
        events is { Rest.IsEmpty: false } ? chain.PieceAsync(events.Rest.ToArray()) : ValueTask.FromResult(Flow.Continue);

    private async ValueTask<Flow> LastAsync(ReplyFilter chain) =>
        await chain.EndAsync().ConfigureAwait(false) is not Flow.Continue and var end ? end : AtEnd;

    private ReplyFilter Chain(IReadOnlyList<ProxyFault> faults)
    {
        ByteSink sink = new WireSink(client);
        foreach (var fault in faults.OfType<ByteFault>())
        {
            sink = fault.Sink(exchange!, sink);
        }

        var writer = new ReplyWriter(exchange!, sink);
        ReplyFilter chain = writer;
        foreach (var fault in faults.OfType<ReplyFault>().Reverse())
        {
            var filter = fault.Filter(exchange!);
            filter.Next = chain;
            filter.Attach(writer);
            chain = filter;
        }

        return chain;
    }

    private async ValueTask PassAsync(int count)
    {
        if (count > 0)
        {
            await client.SendAsync(upstream.Bytes[..count]).ConfigureAwait(false);
            upstream.Drop(count);
        }
    }
}
