using Microsoft.AspNetCore.Http;

namespace ChaosBench.Harness.Ui;

/// <summary>
/// The feed as server-sent events: <c>start</c>, <c>frames</c> (an array), <c>line</c>, <c>end</c>. A page that opens late gets the hour
/// before; one that does not read is left after ten seconds, and opens the stream again by itself.
/// </summary>
internal sealed class LiveStream(LiveFeed feed, TimeProvider time, CancellationToken closing)
{
    /// <summary>More pages than people look at.</summary>
    public const int MostPages = 16;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(15);

    private int _pages;

    public async Task ServeAsync(HttpContext context)
    {
        if (Interlocked.Increment(ref _pages) > MostPages)
        {
            Interlocked.Decrement(ref _pages);
            await UiReply.RefuseAsync(context, 503, $"{MostPages} pages are open already; close one").ConfigureAwait(false);
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, closing);
        try
        {
            context.Response.ContentType = "text/event-stream";
            await SendAsync(context, over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The page was closed, the server ends, or nobody read for too long.
            context.Abort();
        }
        finally
        {
            Interlocked.Decrement(ref _pages);
        }
    }

    private async Task SendAsync(HttpContext context, CancellationToken over)
    {
        using var body = new MemoryStream();
        var seen = new LiveCursor();
        Write(body, "retry: 1000\n\n"u8);
        while (true)
        {
            var (news, next, changed) = feed.Read(seen);
            Write(body, news);
            if (body.Length == 0)
            {
                Write(body, ": quiet\n\n"u8);
            }

            using (var patience = new CancellationTokenSource(Patience, time))
            using (var both = CancellationTokenSource.CreateLinkedTokenSource(over, patience.Token))
            {
                await context.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), both.Token).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(both.Token).ConfigureAwait(false);
            }

            body.SetLength(0);
            seen = next;
            try
            {
                await changed.WaitAsync(Quiet, time, over).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // Nothing new: a comment keeps the connection.
            }
        }
    }

    private static void Write(MemoryStream body, LiveNews news)
    {
        if (news.Start is { } start)
        {
            Event(body, "event: start\ndata: "u8, start);
        }

        if (news.Frames.Count > 0)
        {
            Write(body, "event: frames\ndata: ["u8);
            for (var at = 0; at < news.Frames.Count; at++)
            {
                Write(body, at == 0 ? default : ","u8);
                Write(body, news.Frames[at]);
            }

            Write(body, "]\n\n"u8);
        }

        foreach (var line in news.Lines)
        {
            Event(body, "event: line\ndata: "u8, line);
        }

        if (news.End is { } end)
        {
            Event(body, "event: end\ndata: "u8, end);
        }
    }

    private static void Event(MemoryStream body, ReadOnlySpan<byte> head, byte[] data)
    {
        Write(body, head);
        Write(body, data);
        Write(body, "\n\n"u8);
    }

    private static void Write(MemoryStream body, ReadOnlySpan<byte> bytes) => body.Write(bytes);
}
