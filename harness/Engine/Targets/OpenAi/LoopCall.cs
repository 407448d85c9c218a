using ChaosBench.Engine.Targets.Http;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>One request to an OpenAI-compatible endpoint on an event loop.</summary>
internal sealed class LoopCall(LoopSession session) : HttpExchange, ILoopCall, ICallResult
{
    private readonly RequestBuffer _request = new();
    private readonly ReplyReader _reader = new(session.Parts.Settings.CountsTokens);
    private ILoopSink? _sink;
    private Action? _cancelHold;
    private bool _stream;
    private int _at;
    private int _bodyBytes;
    private double? _retryAfter;
    private string? _reason;

    public Outcome Outcome { get; private set; }

    public override ReadOnlySpan<byte> Unsent => _at < _request.Length ? _request.Bytes[_at..] : default;

    private LoopParts Parts => session.Parts;

    public void Prepare(Arrival arrival, ILoopSink sink)
    {
        (_sink, _stream, _retryAfter, _reason) = (sink, arrival.Sampling.Stream, null, null);
        (_at, _bodyBytes) = Parts.Writer.Write(arrival, _request);
        _bodyBytes -= _at;
    }

    public void Start()
    {
        if (Parts.Gate.IsOpen)
        {
            Go();
        }
        else
        {
            _ = WaitForGateAsync(_sink!);
        }
    }

    public void Cancel()
    {
        if (_sink is null)
        {
            return;
        }

        if (_cancelHold is { } cancelHold)
        {
            // Ends it as not sent, which it is.
            cancelHold();
            return;
        }

        ConnectionPool.Cancel(this);
        End(Outcome.Cancelled, null);
    }

    public override long Stamp() => _sink!.Stamp();

    public override void OnSent(long stamp) => _sink!.Sent(stamp);

    public override void OnBytesSent(int count)
    {
        _at += count;
        if (_at == _request.Length)
        {
            _request.Release();
            _at = 0;
        }
    }

    public override bool OnHead(ReplyHead head)
    {
        _retryAfter = Parts.Gate.Read(head.RetryAfter);
        return _reader.Begin(head, _stream, _sink!);
    }

    public override bool OnBody(ReadOnlySpan<byte> bytes, long stamp) => _reader.Feed(bytes, stamp);

    public override void OnEnd()
    {
        var (outcome, reason) = _reader.End();
        End(outcome, reason);
    }

    public override void OnFailure(HttpFailure failure, string detail)
    {
        var (outcome, reason) = FailureMap.Map(failure, detail);
        End(outcome, OneLine.Of(Parts.Secrets.Scrub(reason)));
    }

    public Response ToResponse(bool withText)
    {
        // A server may repeat what it was sent, the key included, in its error codes.
        var response = _reader.ToResponse(Outcome, _reason is null ? null : Parts.Secrets.Scrub(_reason), _retryAfter, withText);
        return response.FinishReason is { } finish && Parts.Secrets.Scrub(finish) is var clean && clean != finish
            ? response with { FinishReason = clean }
            : response;
    }

    private void Go()
    {
        if (Parts.Budget.TryTake() is { } spent)
        {
            EndLater(Outcome.NotSent, spent);
            return;
        }

        session.Pool.Start(this);
    }

    /// <summary>Never inside the caller's Start. A method of its own, because a closure is made where its variables begin.</summary>
    private void EndLater(Outcome outcome, string reason) => session.Loop.Defer(() => EndIfOpen(outcome, reason));

    private async Task WaitForGateAsync(ILoopSink sink)
    {
#pragma warning disable CA2000 // Disposed once nobody can cancel it any more, below.
        var held = new CancellationTokenSource();
#pragma warning restore CA2000
        _cancelHold = held.Cancel;
        var heldBack = await Parts.Gate.PassAsync(held.Token).ConfigureAwait(false);
        session.Loop.Post(() =>
        {
            held.Dispose();
            if (!ReferenceEquals(sink, _sink))
            {
                return;
            }

            _cancelHold = null;
            if (heldBack is null)
            {
                Go();
            }
            else
            {
                End(heldBack.Value.Outcome, heldBack.Value.Reason);
            }
        });
    }

    private void EndIfOpen(Outcome outcome, string reason)
    {
        if (_sink is not null)
        {
            End(outcome, reason);
        }
    }

    private void End(Outcome outcome, string? reason)
    {
        (Outcome, _reason) = (outcome, reason);
        if (_reader.IsSuccess)
        {
            var reply = _reader.Reply;
            Parts.Budget.Spend(reply.InputTokens, reply.OutputTokens ?? reply.TokenEvents, _bodyBytes);
        }

        var sink = _sink!;
        _sink = null;
        sink.Ended(this);
        _reader.Clear();
        _request.Release();
        session.Rest(this);
    }
}
