using System.Net;
using System.Net.Sockets;
using ChaosBench.Chaos.Proxy.Wire;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Chaos.Proxy.Wire;

/// <summary>Connections on an event loop, beside plain sockets as their peers.</summary>
public sealed class LoopWireTests : IDisposable
{
    private readonly WireLoop? _loop = WireLoop.IsSupported ? new WireLoop("test-wires") : null;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public LoopWireTests() => _listener.Start();

    public void Dispose()
    {
        _listener.Dispose();
        _loop?.Dispose();
    }

    [LinuxFact]
    public async Task Send_MoreThanThePeerTakes_WaitsAndArrivesWhole()
    {
        var (wire, peer) = await PairAsync();
        using var both = (wire, peer).Both();
        var bytes = new byte[20_000_000];
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] = (byte)(at % 251);
        }

        var sending = wire.SendAsync(bytes).AsTask();
        Assert.False(sending.IsCompleted);
        var got = await ReadAsync(peer, bytes.Length);
        await sending.WaitAsync(Eventually.Patience);

        Assert.Equal(bytes, got);
    }

    [LinuxFact]
    public async Task Receive_PeerEndsAfterItsBytes_GivesThemAndThenTheEnd()
    {
        var (wire, peer) = await PairAsync();
        using var both = (wire, peer).Both();
        var buffer = new byte[100];
        var first = wire.ReceiveAsync(buffer).AsTask();
        await peer.SendAsync(new byte[] { 1, 2, 3 });
        peer.Shutdown(SocketShutdown.Send);

        Assert.Equal(3, await first.WaitAsync(Eventually.Patience));
        Assert.Equal(0, await wire.ReceiveAsync(buffer).AsTask().WaitAsync(Eventually.Patience));
        // The other direction goes on.
        await wire.SendAsync(new byte[] { 4 });
        Assert.Equal([4], await ReadAsync(peer, 1));
    }

    [LinuxFact]
    public async Task Receive_PeerBreaks_IsAnIOException()
    {
        var (wire, peer) = await PairAsync();
        using var both = (wire, peer).Both();
        var waiting = wire.ReceiveAsync(new byte[10]).AsTask();

        peer.LingerState = new LingerOption(true, 0);
        peer.Dispose();

        await Assert.ThrowsAsync<IOException>(() => waiting.WaitAsync(Eventually.Patience));
    }

    [LinuxFact]
    public async Task Dispose_WhileSomebodyWaits_TellsThemAndEveryCallAfter()
    {
        var (wire, peer) = await PairAsync();
        using var both = (wire, peer).Both();
        var waiting = wire.ReceiveAsync(new byte[10]).AsTask();

        wire.Dispose();

        await Assert.ThrowsAsync<IOException>(() => waiting.WaitAsync(Eventually.Patience));
        await Assert.ThrowsAsync<IOException>(async () => await wire.ReceiveAsync(new byte[10]));
        await Assert.ThrowsAsync<IOException>(async () => await wire.SendAsync(new byte[10]));
        wire.EndSending();
        Assert.Equal(0, await peer.ReceiveAsync(new byte[10]).WaitAsync(Eventually.Patience));
    }

    [LinuxFact]
    public async Task Abort_BreaksTheConnection()
    {
        var (wire, peer) = await PairAsync();
        using var both = (wire, peer).Both();

        wire.Abort();

        var broken = await Assert.ThrowsAsync<SocketException>(() => peer.ReceiveAsync(new byte[10]).WaitAsync(Eventually.Patience));
        Assert.Equal(SocketError.ConnectionReset, broken.SocketErrorCode);
    }

    [LinuxFact]
    public async Task Connect_NobodyListens_SaysSo()
    {
        // Nobody listens on the port of the discard service, and no test is given it.
        var problem = await Assert.ThrowsAsync<IOException>(
            () => LoopWire.ConnectAsync(_loop!, new IPEndPoint(IPAddress.Loopback, 9), CancellationToken.None).WaitAsync(Eventually.Patience));

        Assert.Contains("refused", problem.Message, StringComparison.OrdinalIgnoreCase);
    }

    [LinuxFact]
    public async Task Connect_LoopHasEnded_IsAnIOException()
    {
        _loop!.Dispose();

        await Assert.ThrowsAsync<IOException>(
            () => LoopWire.ConnectAsync(_loop, (IPEndPoint)_listener.LocalEndpoint, CancellationToken.None).WaitAsync(Eventually.Patience));
    }

    [LinuxFact]
    public async Task Loop_OneConnectionNeverPauses_OthersHaveTheirTurn()
    {
        var (flooded, flood) = await PairAsync();
        using var noisy = (flooded, flood).Both();
        var (quiet, peer) = await PairAsync();
        using var both = (quiet, peer).Both();
        using var over = new CancellationTokenSource();
        var draining = DrainAsync(flooded);
        await flood.SendAsync(new byte[] { 1 });
        var filling = Task.Run(() => FillAsync(flood, over.Token));

        for (var turn = 0; turn < 20; turn++)
        {
            var waiting = quiet.ReceiveAsync(new byte[1]).AsTask();
            await peer.SendAsync(new byte[] { 1 });
            Assert.Equal(1, await waiting.WaitAsync(Eventually.Patience));
        }

        await over.CancelAsync();
        await filling;
        flood.Dispose();
        Assert.True(await draining.WaitAsync(Eventually.Patience) > 0);
    }

    private async Task<(LoopWire Wire, Socket Peer)> PairAsync()
    {
        var accepting = _listener.AcceptSocketAsync();
        var wire = await LoopWire.ConnectAsync(_loop!, (IPEndPoint)_listener.LocalEndpoint, CancellationToken.None).WaitAsync(Eventually.Patience);
        return (wire, await accepting);
    }

    private static async Task<byte[]> ReadAsync(Socket peer, int length)
    {
        var got = new byte[length];
        for (var held = 0; held < length;)
        {
            var count = await peer.ReceiveAsync(got.AsMemory(held)).AsTask().WaitAsync(Eventually.Patience);
            Assert.NotEqual(0, count);
            held += count;
        }

        return got;
    }

    private static async Task FillAsync(Socket flood, CancellationToken over)
    {
        var bytes = new byte[64 * 1024];
        try
        {
            while (!over.IsCancellationRequested)
            {
                await flood.SendAsync(bytes, over);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>On the loop's thread from its first wait on.</summary>
    private static async Task<long> DrainAsync(LoopWire flooded)
    {
        var (buffer, all) = (new byte[512], 0L);
        while (await flooded.ReceiveAsync(buffer).ConfigureAwait(false) is var count and > 0)
        {
            all += count;
        }

        return all;
    }
}

internal static class Pairs
{
    public static IDisposable Both(this (LoopWire Wire, Socket Peer) pair) => new Two(pair.Wire, pair.Peer);

    private sealed class Two(IDisposable first, IDisposable second) : IDisposable
    {
        public void Dispose()
        {
            first.Dispose();
            second.Dispose();
        }
    }
}
