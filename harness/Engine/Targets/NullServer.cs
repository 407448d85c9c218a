using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ChaosBench.Engine.Targets;

/// <summary>
/// Answers every request on loopback at once with a few tokens, streamed or not, whatever is asked. For warming up the engine and
/// measuring it; it knows no more of HTTP than the engine's own requests need.
/// </summary>
public sealed class NullServer : IAsyncDisposable
{
    private static byte[] StreamOf(int tokens) => Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        + Chunk("""{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}""")
        + string.Concat(Enumerable.Repeat(Chunk("""{"choices":[{"index":0,"delta":{"content":"Hello "},"finish_reason":null}]}"""), tokens))
        + Chunk("""{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""")
        + Chunk("""{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":""" + tokens.ToString(CultureInfo.InvariantCulture) + "}}") + Chunk("[DONE]") + "0\r\n\r\n");

    private static readonly byte[] Whole = Plain(
        """{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello there"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}""");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _stream;
    private readonly Task _accepting;

    /// <param name="tokens">Of each streamed reply, one an event.</param>
    public NullServer(int tokens = 2)
    {
        _stream = StreamOf(tokens);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1"));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        await _accepting.ConfigureAwait(false);
    }

    private static string Chunk(string data)
    {
        var text = $"data: {data}\n\n";
        return string.Create(CultureInfo.InvariantCulture, $"{text.Length:x}\r\n{text}\r\n");
    }

    private static byte[] Plain(string body) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token).ConfigureAwait(false));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                socket.NoDelay = true;
                var buffer = new byte[16 * 1024];
                var filled = 0;
                while (await socket.ReceiveAsync(buffer.AsMemory(filled), _stop.Token).ConfigureAwait(false) is var count and > 0)
                {
                    filled += count;
                    if (LengthOf(buffer.AsSpan(0, filled)) is not { } length)
                    {
                        Array.Resize(ref buffer, filled == buffer.Length ? buffer.Length * 2 : buffer.Length);
                        continue;
                    }

                    var streams = buffer.AsSpan(0, Math.Min(filled, length)).IndexOf("\"stream\":true"u8) >= 0;
                    for (var left = length - filled; left > 0; left -= count)
                    {
                        count = await socket.ReceiveAsync(buffer.AsMemory(0, Math.Min(left, buffer.Length)), _stop.Token).ConfigureAwait(false);
                        streams |= buffer.AsSpan(0, count).IndexOf("\"stream\":true"u8) >= 0;
                        if (count == 0)
                        {
                            return;
                        }
                    }

                    filled = 0;
                    await socket.SendAsync(streams ? _stream : Whole, _stop.Token).ConfigureAwait(false);
                }
            }
            catch (Exception end) when (end is OperationCanceledException or SocketException)
            {
                // The client went away, or all is over.
            }
        }
    }

    /// <summary>Bytes of the whole request; null while its head is not complete.</summary>
    private static int? LengthOf(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return null;
        }

        var name = "\r\nContent-Length: "u8;
        var at = bytes[..end].IndexOf(name);
        var digits = at < 0 ? default : bytes[(at + name.Length)..end];
        var stop = digits.IndexOf((byte)'\r');
        var length = int.TryParse(stop < 0 ? digits : digits[..stop], NumberStyles.None, null, out var body) ? body : 0;
        return end + 4 + length;
    }
}
