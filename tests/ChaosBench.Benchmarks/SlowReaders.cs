using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace ChaosBench.Benchmarks;

/// <summary>A client that reads a byte per second of its stream, and some that never read, while the canary is asked.</summary>
/// <remarks>
/// The streams are megabytes long (an answer without end, each token with twenty others), so that no buffer between the processes holds
/// one; there are fewer of them than slots, so that the canary need not wait for their end.
/// </remarks>
internal static class SlowReaders
{
    private const int Silent = 8;
    private const int BytesRead = 15;

    public static async Task<IReadOnlyList<Row>> RunAsync()
    {
        using var model = new EndlessModel();
        await using var served = await ServedProcess.StartAsync(model.Folder, []);
        var canary = new Canary(served.Address, endless: true);
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i <= Silent; i++)
            {
                sockets.Add(await AskAsync(served.Address));
            }

            var (asked, right, read) = (0, 0, 0);
            var buffer = new byte[1];
            using var second = new PeriodicTimer(TimeSpan.FromSeconds(1), Machine.Clock);
            while (asked < BytesRead && await second.WaitForNextTickAsync())
            {
                read += await sockets[0].ReceiveAsync(buffer);
                asked++;
                right += await canary.AskAsync();
            }

            return
            [
                new Row($"bytes that the slow reader got in {BytesRead} s", "", [read]),
                new Row($"canary beside it and {Silent} silent clients, right of {asked}", "", [right], asked),
                new Row("canary after their connections were reset, right of 1", "", [await ResetAsync(sockets, canary)], 1),
            ];
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    /// <summary>No polite end: the server finds them gone in the middle of an answer.</summary>
    private static async Task<int> ResetAsync(List<Socket> sockets, Canary canary)
    {
        sockets.ForEach(socket => socket.Close(0));
        return await canary.AskAsync();
    }

    private static async Task<Socket> AskAsync(Uri address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1, NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, address.Port));
        var body = JsonSerializer.Serialize(new
        {
            messages = new[] { new { role = "user", content = "zzzz" } }, max_tokens = 2_000, temperature = 0, stream = true, logprobs = true, top_logprobs = 20,
        });
        var request = $"POST /v1/chat/completions HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        return socket;
    }
}
