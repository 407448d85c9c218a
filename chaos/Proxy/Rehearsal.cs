using System.Net;
using System.Net.Sockets;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Chaos.Proxy;

/// <summary>
/// Sends requests through a proxy of its own, on loopback and to an upstream of its own, before the first that counts: what compiles
/// meanwhile does not have to when a client waits. Once for each process, and bounded.
/// <code>
/// client (here) -> a proxy without faults, then with some -> an upstream that answers at once (here)
/// </code>
/// </summary>
internal static class Rehearsal
{
    private const int Clients = 4;

    /// <summary>Of each client and cast. The runtime takes thirty calls for a sign that a method is worth compiling well.</summary>
    private const int Requests = 40;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private static readonly byte[] Whole = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray();

    private static readonly byte[] Stream =
    [
        .. "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"u8,
        .. "f\r\ndata: {\"a\":1}\n\n\r\n0\r\n\r\n"u8,
    ];

    private static readonly byte[][] Asks =
    [
        "POST /w HTTP/1.1\r\nHost: rehearsal\r\nx-request-id: r0\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray(),
        "POST /s HTTP/1.1\r\nHost: rehearsal\r\nx-request-id: r1\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray(),
    ];

    /// <summary>None, one that takes streams apart, one that adds to them, one that answers in place of the upstream.</summary>
    private static readonly string[][] Casts = [[], ["stream.missing_done"], ["stream.legal_comments"], ["http.503"]];

    private static readonly Lazy<Task> Once = new(RunAsync);

    /// <summary>Ends when this process is warm, or at once where it is already. Never fails.</summary>
    public static Task DoneAsync() => Once.Value;

    private static async Task RunAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            using var upstream = new TcpListener(IPAddress.Loopback, 0);
            upstream.Start();
            var serving = ServeAsync(upstream, limit.Token);
            var options = new ProxyOptions { Upstream = new Uri($"http://{upstream.LocalEndpoint}"), Threads = 1 };
            var proxy = FaultProxy.Start(options, RequestIdKeys.Instance, new Silence(), TimeProvider.System);
            await using (proxy.ConfigureAwait(false))
            {
                foreach (var cast in Casts)
                {
                    var faults = cast.Select(Make).ToList();
                    faults.ForEach(fault => proxy.Set(fault, Limit));
                    await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => AskAsync(proxy.Address, limit.Token))).ConfigureAwait(false);
                    faults.ForEach(fault => proxy.Clear(fault));
                }
            }

            upstream.Stop();
            await serving.ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // A machine too busy for this will compile when it must.
        }
    }

    private static ProxyFault Make(string kind) => ProxyFaults.Create(new PlannedFault(
        0, new Fault { Id = kind, Kind = kind, At = TimeSpan.Zero, For = Limit, Share = new Share(1) }, 0, Nanos.From(Limit)));

    private static async Task AskAsync(IPEndPoint proxy, CancellationToken stop)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(proxy, stop).ConfigureAwait(false);
        var buffer = new byte[4096];
        for (var number = 0; number < Requests; number++)
        {
            await socket.SendAsync(Asks[number % Asks.Length], stop).ConfigureAwait(false);
            for (var held = 0; !IsWhole(buffer.AsSpan(0, held));)
            {
                var count = await socket.ReceiveAsync(buffer.AsMemory(held), stop).ConfigureAwait(false);
                held = count > 0 ? held + count : throw new IOException("the rehearsal was cut short");
            }
        }
    }

    /// <summary>Of the few replies that there can be: bodies that end with their braces, or the last chunk.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> reply) =>
        reply.EndsWith("0\r\n\r\n"u8) || (reply.EndsWith("}"u8) && reply.IndexOf("event-stream"u8) < 0);

    private static async Task ServeAsync(TcpListener listener, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await listener.AcceptSocketAsync(stop).ConfigureAwait(false), stop);
            }
        }
        catch (Exception end) when (end is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Over.
        }
    }

    private static async Task AnswerAsync(Socket client, CancellationToken stop)
    {
        using (client)
        {
            var buffer = new byte[4096];
            try
            {
                while (await client.ReceiveAsync(buffer, stop).ConfigureAwait(false) is var count and > 0)
                {
                    await client.SendAsync(buffer.AsSpan(0, count).StartsWith("POST /s"u8) ? Stream : Whole, stop).ConfigureAwait(false);
                }
            }
            catch (Exception end) when (end is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // Over.
            }
        }
    }

    private sealed class Silence : IAnnouncer
    {
        public void Transition(PlannedFault fault, FaultStage stage, string? detail)
        {
        }

        public void Unit(PlannedFault fault, string key, UnitEvent kind)
        {
        }
    }
}
