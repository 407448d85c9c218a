using System.Globalization;
using System.Runtime.CompilerServices;
using ChaosBench.Chaos.Proxy.Http;
using ChaosBench.Chaos.Proxy.Wire;

namespace ChaosBench.Chaos.Proxy;

/// <summary>
/// One client's connection and the upstream's connection that belongs to it alone. Requests go through one after the other; bytes are
/// forwarded as they came unless a fault chose the request. What cannot be understood as HTTP is relayed both ways until it ends.
/// </summary>
internal sealed class Session(ProxyCore core, WireLoop? loop, PeerWire client, long number) : IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly Inbox _fromClient = new(client);
    private PeerWire? _upstream;
    private Inbox? _fromUpstream;
    private long _requests;

    // 1: no request is under way; 1: the upstream closed between requests. Exchanged, so that one of the two sides sees both.
    private int _idle = 1;
    private int _upstreamEnded;

    /// <summary>When bytes last moved, in the clock's ticks.</summary>
    public long LastActive { get; private set; } = core.Time.GetTimestamp();

    /// <summary>No request is under way.</summary>
    public bool IsIdle => Volatile.Read(ref _idle) == 1;

    public async Task RunAsync()
    {
        _fromClient.Ended = OnClientEnded;
        try
        {
            var flow = Flow.Continue;
            while (flow == Flow.Continue && await Intake.HeadAsync(_fromClient).ConfigureAwait(false) is var length and not 0)
            {
                Interlocked.Exchange(ref _idle, 0);
                flow = await RequestAsync(length).ConfigureAwait(false);
                Interlocked.Exchange(ref _idle, 1);
                LastActive = core.Time.GetTimestamp();
                flow = flow == Flow.Continue && Volatile.Read(ref _upstreamEnded) == 1 ? Flow.Close : flow;
            }

            End(flow);
        }
        catch (IOException)
        {
            // One side broke its connection: the other one sees the same.
            client.Abort();
            _upstream?.Abort();
        }
    }

    /// <summary>Cuts both sides; whatever waits on them ends.</summary>
    public void Cut()
    {
        client.Dispose();
        _upstream?.Dispose();
    }

    public void Dispose()
    {
        Cut();
        _gone.Dispose();
        _fromClient.Dispose();
        _fromUpstream?.Dispose();
    }

    private void End(Flow flow)
    {
        if (flow == Flow.Reset)
        {
            client.Abort();
        }
        else
        {
            client.EndSending();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Flow> RequestAsync(int length)
    {
        var faults = core.Faults;
        var head = length < 0 ? null : RequestHead.Parse(_fromClient.Bytes.Span[..length], wantsId: !faults.IsEmpty);
        if (head is not { } request)
        {
            return await TunnelAsync().ConfigureAwait(false);
        }

        _requests++;
        if (faults.IsEmpty)
        {
            return await ForwardAsync(request, null).ConfigureAwait(false);
        }

        var id = request.Id ?? string.Create(CultureInfo.InvariantCulture, $"c{number}-r{_requests}");
        var exchange = new Exchange(core, client, request, id, _gone.Token);
        exchange.Meet(faults);
        try
        {
            if (exchange.Hits.OfType<AnswerFault>().FirstOrDefault() is { } answering)
            {
                await Intake.DiscardAsync(request, _fromClient).ConfigureAwait(false);
                Watch();
                exchange.Applied(answering);
                var flow = await answering.AnswerAsync(exchange).ConfigureAwait(false);
                return request.Closes && flow == Flow.Continue ? Flow.Close : flow;
            }

            return await ForwardAsync(request, exchange).ConfigureAwait(false);
        }
        finally
        {
            exchange.Close();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Flow> ForwardAsync(RequestHead request, Exchange? exchange)
    {
        if (_upstream is null && !await ConnectAsync(request).ConfigureAwait(false))
        {
            return request.Closes ? Flow.Close : Flow.Continue;
        }

        var body = request.Body;
        var taken = request.Length + body.Skip(_fromClient.Bytes.Span[request.Length..]);
        await _upstream!.SendAsync(_fromClient.Bytes[..taken]).ConfigureAwait(false);
        _fromClient.Drop(taken);
        var upload = body.IsDone ? Task.CompletedTask : UploadAsync(body);
        if (upload.IsCompleted)
        {
            Watch();
        }

        var relay = new Relay(client, _fromUpstream!, request, exchange);
        var flow = await relay.RunAsync().ConfigureAwait(false);
        if (!upload.IsCompletedSuccessfully)
        {
            // Answered before it was all asked: what is left of the body would be taken for a request.
            client.EndSending();
            await upload.ConfigureAwait(false);
            return Flow.Close;
        }

        if (flow == Flow.Continue && relay.BecameOpaque)
        {
            return await TunnelAsync().ConfigureAwait(false);
        }

        if (flow == Flow.Continue)
        {
            _fromUpstream!.FillAhead();
        }

        return flow == Flow.Continue && request.Closes ? Flow.Close : flow;
    }

    private async Task UploadAsync(BodyReader body)
    {
        if (await Intake.UploadAsync(body, _fromClient, _upstream!).ConfigureAwait(false))
        {
            Watch();
        }
    }

    /// <summary>Starts the read that the next request needs anyway: it also tells when the client leaves.</summary>
    private void Watch()
    {
        if (_fromClient.Bytes.IsEmpty)
        {
            _fromClient.FillAhead();
        }
    }

    /// <summary>Told by the read ahead.</summary>
    private void OnClientEnded(bool isBroken)
    {
        if (isBroken)
        {
            _upstream?.Abort();
        }
        else
        {
            // It sends no more, and may still read: the upstream is told the same and decides.
            _upstream?.EndSending();
        }

        Gone();
    }

    private void Gone()
    {
        try
        {
            _gone.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The session was faster.
        }
    }

    /// <summary>An upstream that closes an idle connection closes the client's too, before it is used again.</summary>
    private void OnUpstreamEnded(bool isBroken)
    {
        Interlocked.Exchange(ref _upstreamEnded, 1);
        if (IsIdle)
        {
            client.Dispose();
        }
    }

    /// <returns>False when there is no upstream; the client has been told.</returns>
    private async ValueTask<bool> ConnectAsync(RequestHead request)
    {
        try
        {
            await OpenAsync().ConfigureAwait(false);
            return true;
        }
        catch (IOException problem)
        {
            await Intake.DiscardAsync(request, _fromClient).ConfigureAwait(false);
            await OwnReply.ErrorAsync(client, request, "502 Bad Gateway", problem.Message, "proxy_error/upstream_unreachable").ConfigureAwait(false);
            return false;
        }
    }

    private async Task OpenAsync()
    {
        _upstream = await core.Upstream.ConnectAsync(loop, core.Stopping).ConfigureAwait(false);
        _fromUpstream = new Inbox(_upstream) { Ended = OnUpstreamEnded };
    }

    /// <summary>Both ways, unread, until both ends have said that no more follows.</summary>
    private async ValueTask<Flow> TunnelAsync()
    {
        if (_upstream is null)
        {
            await OpenAsync().ConfigureAwait(false);
        }

        await Tunnel.BothWaysAsync(_fromClient, _upstream!, _fromUpstream!, client).ConfigureAwait(false);
        return Flow.Close;
    }
}
