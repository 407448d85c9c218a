using System.Buffers;
using ChaosBench.Engine.Targets.Http;
using ChaosBench.Reports.Journal;

namespace ChaosBench.Engine.Targets.OpenAi;

/// <summary>Reads one reply of the ordinary HTTP stack.</summary>
internal sealed class Exchange(HttpResponseMessage response, IResponseSink sink, ReplyReader reader)
{
    private const int BufferBytes = 16 * 1024;

    public async Task<Response> ReadAsync(bool stream, CancellationToken cancellation)
    {
        var wants = reader.Begin(Head(), stream, sink);
        var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (wants)
            {
                var count = await body.ReadAsync(buffer, cancellation).ConfigureAwait(false);
                var stamp = sink.Stamp();
                wants = count > 0 && reader.Feed(buffer.AsSpan(0, count), stamp);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var (outcome, reason) = reader.End();
        return reader.ToResponse(outcome, reason);
    }

    /// <summary>How it ended, with what had come until then.</summary>
    public Response Ended(Outcome outcome, string? reason) => reader.ToResponse(outcome, reason);

    private ReplyHead Head() => new()
    {
        Status = (int)response.StatusCode,
        ContentEncoding = response.Content.Headers.ContentEncoding.FirstOrDefault(coding => coding is not "identity"),
        IsJson = string.Equals(response.Content.Headers.ContentType?.MediaType, "application/json", StringComparison.OrdinalIgnoreCase),
        Replica = Header("x-chaosbench-replica") is { } replica && int.TryParse(replica, out var number) && number >= 0 ? number : null,
        Degraded = Header("x-chaosbench-degraded") == "true",
    };

    private string? Header(string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
}
