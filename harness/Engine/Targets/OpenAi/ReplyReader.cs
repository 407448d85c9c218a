using System.Buffers;
using System.Text.Json;
using ChaosBench.Engine.Targets.Http;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>
/// Reads one reply, whatever transport brings it:
/// <code>
/// bytes, stamped -> events (SseReader) -> tokens (ReplyParser) -> sink
///                                            |-> text, usage, finish reason (Reply)
/// </code>
/// Can be used again after <see cref="Begin"/>.
/// </summary>
internal sealed class ReplyReader
{
    /// <summary>Largest reply that is not a stream.</summary>
    public const int MaxBodyBytes = 16 * 1024 * 1024;

    private const int MaxErrorBytes = 64 * 1024;

    /// <summary>Larger buffers are not kept for the next reply.</summary>
    private const int MaxKeptBytes = 64 * 1024;

    private readonly SseReader _events = new();
    private readonly SseEventHandler _onEvent;
    private ArrayBufferWriter<byte>? _body;
    private IResponseSink? _sink;
    private ReplyHead? _head;
    private Shape _shape;
    private bool _done;
    private bool _bodyTooLarge;
    private string? _malformed;
    private long _stamp;
    private int _counted;
    private bool _countsEach;

    /// <param name="keepsEvents">What was generated is kept, because its tokens may have to be counted.</param>
    public ReplyReader(bool keepsEvents = false)
    {
        _onEvent = OnEvent;
        Reply = new Reply { Events = keepsEvents ? new EventTexts() : null };
    }

    private enum Shape
    {
        Error,
        Stream,
        Whole,

        /// <summary>Of a kind that is not read.</summary>
        Unreadable,
    }

    public Reply Reply { get; }

    /// <summary>Status and headers are here and promise an answer.</summary>
    public bool IsSuccess => _head?.Status is >= 200 and < 300;

    private int Status => _head!.Status;

    /// <summary>Forgets the last reply and waits for the head of the next.</summary>
    public void Clear()
    {
        Reply.Clear();
        _events.Clear();
        _body = _body?.Capacity > MaxKeptBytes ? null : _body;
        _body?.ResetWrittenCount();
        (_sink, _head, _done, _bodyTooLarge, _malformed, _stamp, _counted) = (null, null, false, false, null, 0, 0);
        _countsEach = false;
    }

    /// <param name="head">Read until the reply ends.</param>
    /// <param name="stream">What was asked for.</param>
    /// <returns>False when the body does not matter.</returns>
    public bool Begin(ReplyHead head, bool stream, IResponseSink sink)
    {
        (_head, _sink) = (head, sink);
        if (Status is < 200 or >= 300)
        {
            _shape = Shape.Error;
        }
        else if (head.ContentEncoding is { } encoding)
        {
            _shape = Shape.Unreadable;
            _malformed = $"content encoding '{OneLine.Of(encoding, 32)}' that nobody asked for";
        }
        else
        {
            // A server that cannot stream answers with JSON; so does one that fails before its first event.
            _shape = stream && !head.IsJson ? Shape.Stream : Shape.Whole;
        }

        return _shape != Shape.Unreadable && Status is not (>= 300 and < 400);
    }

    /// <param name="stamp">When the bytes arrived, in the sink's time.</param>
    /// <returns>False when the rest of the body does not matter.</returns>
    public bool Feed(ReadOnlySpan<byte> bytes, long stamp)
    {
        _stamp = stamp;
        switch (_shape)
        {
            case Shape.Stream:
                if (!_events.Feed(bytes, _onEvent))
                {
                    _malformed = "an event larger than 1 MiB";
                }
                else if (Reply.IsTooLarge)
                {
                    _malformed = "output larger than 16 MiB";
                }

                return !_done && _malformed is null;
            default:
                return Keep(bytes, _shape == Shape.Whole ? MaxBodyBytes : MaxErrorBytes);
        }
    }

    /// <summary>Judges the reply now that its body is complete, or enough of it was heard.</summary>
    public (Outcome Outcome, string? Reason) End() => _shape switch
    {
        Shape.Error => (Outcomes.FromStatus(Status), ErrorReason()),
        Shape.Unreadable => (Outcome.Malformed, _malformed),
        Shape.Stream => Judge(
            ended: _done || Reply.FinishReason is not null, "the stream ended without [DONE] and without a finish_reason"),
        Shape.Whole => EndWhole(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private bool HasText(Outcome outcome) => Reply.TokenEvents > 0 || outcome == Outcome.Completed;

    /// <summary>A total of nothing for a text is none. A reply that is no stream says nothing by its one event.</summary>
    private (int? Tokens, TokenSource? Source) OutputTokens => Reply switch
    {
        { OutputTokens: { } total } when total > 0 || Reply.TokenEvents == 0 =>
            (total, _countsEach ? TokenSource.EventUsage : TokenSource.Usage),
        { TokenEvents: > 0 and var events } when _shape == Shape.Stream => (events, TokenSource.Events),
        _ => (null, null),
    };

    /// <summary>Null where the server's count leaves nothing to count: as many tokens as events, or a count with each.</summary>
    private OutputPieces? Uncounted(TokenSource? source) => Reply is not { Events: { } events, TokenEvents: > 0 } ? null : source switch
    {
        TokenSource.EventUsage => null,
        TokenSource.Usage when _shape != Shape.Stream || Reply.OutputTokens <= Reply.TokenEvents => null,
        _ => events.ToPieces(),
    };

    /// <summary>How it ended, with what had come until then.</summary>
    /// <param name="withText">Otherwise only what the journal says of the text.</param>
    public Response ToResponse(Outcome outcome, string? reason, double? retryAfter = null, bool withText = true)
    {
        if (_head is null)
        {
            return new Response { Outcome = outcome, Reason = reason };
        }

        var (tokens, source) = OutputTokens;
        return new Response
        {
            Outcome = outcome,
            Reason = reason,
            Status = Status,
            Text = withText && HasText(outcome) ? Reply.Text : null,
            Mark = HasText(outcome) ? OutputMark.Of(Reply.Utf8) : null,
            FinishReason = Reply.FinishReason,
            InputTokens = Reply.InputTokens,
            OutputTokens = tokens,
            TokenSource = source,
            Pieces = Uncounted(source),
            RetryAfterSeconds = retryAfter,
            Replica = _head.Replica,
            Degraded = _head.Degraded,
        };
    }

    private void OnEvent(ReadOnlySpan<byte> data)
    {
        if (_done || _malformed is not null || Reply.Error is not null)
        {
            return;
        }

        if (data.SequenceEqual("[DONE]"u8))
        {
            _done = true;
            return;
        }

        try
        {
            if (ReplyParser.Read(data, Reply))
            {
                Reply.TokenEvents++;
                Reply.Events?.EndEvent();
                _sink!.Tokens(CountTokens(), _stamp);
            }
        }
        catch (JsonException problem)
        {
            _malformed = $"an event that is no JSON of this API: {Describe(problem)}";
        }
    }

    /// <summary>
    /// Tokens in this event: what its usage counts beyond the events before, where the server sends usage with each event; else 1
    /// (usage that comes with the last event alone says nothing about that event).
    /// A server that packs several tokens into an event does not seem to make the later ones in no time.
    /// </summary>
    private int CountTokens()
    {
        if (Reply.TokenEvents == 1)
        {
            _countsEach = Reply.OutputTokens is not null;
        }

        var tokens = _countsEach && Reply.OutputTokens is { } total && total > _counted ? total - _counted : 1;
        _counted += tokens;
        return tokens;
    }

    private (Outcome Outcome, string? Reason) EndWhole()
    {
        if (_bodyTooLarge)
        {
            return (Outcome.Malformed, "a reply larger than 16 MiB");
        }

        if (_body is null or { WrittenCount: 0 })
        {
            return (Outcome.Empty, "a reply without a body");
        }

        try
        {
            if (ReplyParser.Read(_body.WrittenSpan, Reply))
            {
                Reply.TokenEvents++;
                Reply.Events?.EndEvent();
                _sink!.Tokens(Math.Max(1, Reply.OutputTokens ?? 1), _stamp);
            }
        }
        catch (JsonException problem)
        {
            _malformed = $"a reply that is no JSON of this API: {Describe(problem)}";
        }

        return Judge(ended: true, "");
    }

    private (Outcome Outcome, string? Reason) Judge(bool ended, string truncation)
    {
        if (Reply.Error is { } error)
        {
            return (Outcome.Failed, $"error inside a reply with status {Status}: {error}");
        }

        if (_malformed is { } problem)
        {
            return (Outcome.Malformed, problem);
        }

        if (!ended)
        {
            return (Outcome.Truncated, truncation);
        }

        return Reply.TokenEvents == 0 ? (Outcome.Empty, "a complete reply without a token") : (Outcome.Completed, null);
    }

    private string ErrorReason()
    {
        if (Status is >= 300 and < 400)
        {
            return $"HTTP {Status}: redirects are not followed; give the final URL";
        }

        return !_bodyTooLarge && _body is { WrittenCount: > 0 } && ReplyParser.ErrorOf(_body.WrittenSpan) is { } error
            ? $"HTTP {Status}: {error}"
            : $"HTTP {Status}";
    }

    private bool Keep(ReadOnlySpan<byte> bytes, int maxBytes)
    {
        _body ??= new ArrayBufferWriter<byte>(1024);
        _bodyTooLarge = _body.WrittenCount + bytes.Length > maxBytes;
        if (!_bodyTooLarge)
        {
            _body.Write(bytes);
        }

        return !_bodyTooLarge;
    }

    /// <summary>A JsonException of the reader quotes a byte of the reply at most; its place is what helps.</summary>
    private static string Describe(JsonException problem) => problem.BytePositionInLine is { } at
        ? FormattableString.Invariant($"broken at line {problem.LineNumber}, byte {at}")
        : problem.Message;
}
