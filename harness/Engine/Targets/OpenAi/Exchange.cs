using System.Buffers;
using System.Text.Json;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>
/// Reads one reply:
/// <code>
/// bytes -> stamp -> events (SseReader) -> tokens (ReplyParser) -> sink
///                                            |-> text, usage, finish reason (Reply)
/// </code>
/// </summary>
internal sealed class Exchange(HttpResponseMessage response, IResponseSink sink, Reply reply)
{
    /// <summary>Largest reply that is not a stream.</summary>
    public const int MaxBodyBytes = 16 * 1024 * 1024;

    private const int MaxErrorBytes = 64 * 1024;
    private const int BufferBytes = 16 * 1024;

    private bool _done;
    private string? _malformed;
    private long _stamp;

    private int Status => (int)response.StatusCode;

    public async Task<Response> ReadAsync(bool stream, CancellationToken cancellation)
    {
        if (!response.IsSuccessStatusCode)
        {
            return await ReadErrorAsync(cancellation).ConfigureAwait(false);
        }

        if (response.Content.Headers.ContentEncoding.FirstOrDefault(coding => coding is not "identity") is { } encoding)
        {
            return Ended(Outcome.Malformed, $"content encoding '{OneLine.Of(encoding, 32)}' that nobody asked for");
        }

        // A server that cannot stream answers with JSON; so does one that fails before its first event.
        var type = response.Content.Headers.ContentType?.MediaType;
        return stream && !string.Equals(type, "application/json", StringComparison.OrdinalIgnoreCase)
            ? await ReadStreamAsync(cancellation).ConfigureAwait(false)
            : await ReadWholeAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>How it ended, with what had come until then.</summary>
    public Response Ended(Outcome outcome, string? reason) => new()
    {
        Outcome = outcome,
        Reason = reason,
        Status = Status,
        Text = reply.TokenEvents > 0 || outcome == Outcome.Completed ? reply.Text : null,
        FinishReason = reply.FinishReason,
        InputTokens = reply.InputTokens,
        OutputTokens = reply.OutputTokens ?? (reply.TokenEvents > 0 ? reply.TokenEvents : null),
        Replica = Header("x-chaosbench-replica") is { } replica && int.TryParse(replica, out var number) && number >= 0 ? number : null,
        Degraded = Header("x-chaosbench-degraded") == "true",
    };

    private async Task<Response> ReadStreamAsync(CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var events = new SseReader();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            SseEventHandler onEvent = OnEvent;
            while (!_done && _malformed is null)
            {
                var count = await body.ReadAsync(buffer, cancellation).ConfigureAwait(false);
                _stamp = sink.Stamp();
                if (count == 0)
                {
                    break;
                }

                if (!events.Feed(buffer.AsSpan(0, count), onEvent))
                {
                    _malformed = "an event larger than 1 MiB";
                }
                else if (reply.IsTooLarge)
                {
                    _malformed = "output larger than 16 MiB";
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Judge(ended: _done || reply.FinishReason is not null, "the stream ended without [DONE] and without a finish_reason");
    }

    private void OnEvent(ReadOnlySpan<byte> data)
    {
        if (_done || _malformed is not null || reply.Error is not null)
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
            if (ReplyParser.Read(data, reply))
            {
                reply.TokenEvents++;
                sink.Tokens(1, _stamp);
            }
        }
        catch (JsonException problem)
        {
            _malformed = $"an event that is no JSON of this API: {Describe(problem)}";
        }
    }

    private async Task<Response> ReadWholeAsync(CancellationToken cancellation)
    {
        var body = await ReadBodyAsync(MaxBodyBytes, cancellation).ConfigureAwait(false);
        _stamp = sink.Stamp();
        if (body is null)
        {
            return Ended(Outcome.Malformed, "a reply larger than 16 MiB");
        }

        if (body.WrittenCount == 0)
        {
            return Ended(Outcome.Empty, "a reply without a body");
        }

        try
        {
            if (ReplyParser.Read(body.WrittenSpan, reply))
            {
                reply.TokenEvents++;
                sink.Tokens(Math.Max(1, reply.OutputTokens ?? 1), _stamp);
            }
        }
        catch (JsonException problem)
        {
            _malformed = $"a reply that is no JSON of this API: {Describe(problem)}";
        }

        return Judge(ended: true, "");
    }

    private Response Judge(bool ended, string truncation)
    {
        if (reply.Error is { } error)
        {
            return Ended(Outcome.Failed, $"error inside a reply with status {Status}: {error}");
        }

        if (_malformed is { } problem)
        {
            return Ended(Outcome.Malformed, problem);
        }

        if (!ended)
        {
            return Ended(Outcome.Truncated, truncation);
        }

        return reply.TokenEvents == 0
            ? Ended(Outcome.Empty, "a complete reply without a token")
            : Ended(Outcome.Completed, null);
    }

    private async Task<Response> ReadErrorAsync(CancellationToken cancellation)
    {
        var reason = $"HTTP {Status}";
        if (Status is >= 300 and < 400)
        {
            reason += ": redirects are not followed; give the final URL";
        }
        else if (await ReadBodyAsync(MaxErrorBytes, cancellation).ConfigureAwait(false) is { WrittenCount: > 0 } body
            && ReplyParser.ErrorOf(body.WrittenSpan) is { } error)
        {
            reason += $": {error}";
        }

        return Ended(Outcomes.FromStatus(Status), reason);
    }

    /// <summary>Null when it is larger than allowed.</summary>
    private async Task<ArrayBufferWriter<byte>?> ReadBodyAsync(int maxBytes, CancellationToken cancellation)
    {
        var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var bytes = new ArrayBufferWriter<byte>(4096);
        while (bytes.WrittenCount <= maxBytes)
        {
            var count = await body.ReadAsync(bytes.GetMemory(4096), cancellation).ConfigureAwait(false);
            if (count == 0)
            {
                return bytes;
            }

            bytes.Advance(count);
        }

        return null;
    }

    private string? Header(string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    /// <summary>A JsonException of the reader quotes a byte of the reply at most; its place is what helps.</summary>
    private static string Describe(JsonException problem) => problem.BytePositionInLine is { } at
        ? FormattableString.Invariant($"broken at line {problem.LineNumber}, byte {at}")
        : problem.Message;
}
