using System.Net;
using System.Net.Sockets;
using System.Text;
using ChaosBench.Chaos;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Tests.Chaos.Proxy;

/// <summary>A server that reads a head and answers with the bytes that it was given, in the pieces that it was given.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[][] _pieces;
    private readonly bool _keepsOpen;
    private readonly Task _serving;

    public RawServer(bool keepsOpen, params byte[][] pieces)
    {
        (_keepsOpen, _pieces) = (keepsOpen, pieces);
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Url => new($"http://{_listener.LocalEndpoint}");

    /// <summary>All that clients sent.</summary>
    public MemoryStream Received { get; } = new();

    public int Connections { get; private set; }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync();
                Connections++;
                _ = AnswerAsync(socket);
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task AnswerAsync(Socket socket)
    {
        using (socket)
        {
            var buffer = new byte[64 * 1024];
            try
            {
                socket.NoDelay = true;
                while (await socket.ReceiveAsync(buffer) is var count and > 0)
                {
                    lock (Received)
                    {
                        Received.Write(buffer, 0, count);
                    }

                    foreach (var piece in _pieces)
                    {
                        await socket.SendAsync(piece);
                    }

                    if (!_keepsOpen)
                    {
                        return;
                    }
                }
            }
            catch (SocketException)
            {
            }
        }
    }
}

internal static class Raw
{
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public const string Get = "GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n";

    public static FaultProxy Proxy(Uri upstream, IAnnouncer announcer, TimeProvider? time = null, ulong seed = 1) => FaultProxy.Start(
        new ProxyOptions { Upstream = upstream, Seed = seed }, RequestIdKeys.Instance, announcer, time ?? TimeProvider.System);

    public static ProxyFault Fault(string kind, double share = 1, params (string Name, string Value)[] with) => ProxyFaults.Create(new PlannedFault(
        0,
        new Fault
        {
            Id = kind + "-1", Kind = kind, At = TimeSpan.Zero, For = TimeSpan.FromSeconds(1), Share = new Share(share),
            With = with.ToDictionary(pair => pair.Name, pair => pair.Value),
        },
        0,
        Nanos.PerSecond));

    /// <summary>Sends all of it, says that nothing more follows, and reads to the end; what came before a broken connection counts.</summary>
    public static async Task<(byte[] Bytes, bool IsBroken)> ExchangeAsync(EndPoint address, byte[] request, bool endsSending = true)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var got = new MemoryStream();
        var buffer = new byte[64 * 1024];
        try
        {
            await socket.ConnectAsync(address);
            await socket.SendAsync(request);
            if (endsSending)
            {
                socket.Shutdown(SocketShutdown.Send);
            }

            while (await socket.ReceiveAsync(buffer) is var count and > 0)
            {
                got.Write(buffer, 0, count);
            }

            return (got.ToArray(), false);
        }
        catch (SocketException)
        {
            return (got.ToArray(), true);
        }
    }
}
