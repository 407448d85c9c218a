using System.Net;
using System.Net.Sockets;
using System.Text;
using ChaosBench.Engine;
using ChaosBench.Harness.Ui;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Tests.Engine;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Ui;

/// <summary>The stream of events, and pages that do not read it.</summary>
public sealed class LiveStreamTests : IDisposable
{
    private readonly ShelfFolder _folder = new();
    private readonly LiveFeed _feed = new(new LiveFeedTests.Silent());

    public LiveStreamTests() => _feed.Started(Plans.Open([0, 1], TimeSpan.FromSeconds(4)), "/runs/one");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Stream_PageThatDoesNotRead_HoldsNeitherTheRunNorOtherPagesUp()
    {
        await using var ui = await UiClient.StartAsync(_folder.Path, _feed);
        using var stuck = await AskAsync(ui);
        using var page = await AskAsync(ui);
        using var lines = new StreamReader(new NetworkStream(page), Encoding.UTF8);

        // More than all buffers between two sockets hold; each report returns at once or this test never ends.
        for (var second = 1; second <= 3 * LiveFeed.MostFrames; second++)
        {
            Report(second);
        }

        await UntilAsync(lines, $"\"at\":{3 * LiveFeed.MostFrames},");
    }

    [Fact]
    public async Task Stream_LatePage_GetsTheStartAndThePastAndThenTheNews()
    {
        Report(1);
        Report(2);
        await using var ui = await UiClient.StartAsync(_folder.Path, _feed);
        using var page = await AskAsync(ui);
        using var lines = new StreamReader(new NetworkStream(page), Encoding.UTF8);

        await UntilAsync(lines, "event: start");
        var past = await UntilAsync(lines, "data: [");
        Assert.Contains("\"at\":1,", past, StringComparison.Ordinal);
        Assert.Contains("\"at\":2,", past, StringComparison.Ordinal);
        _feed.Tell("two lines\nand an escape \u001b[31m");
        Assert.DoesNotContain('\u001b', await UntilAsync(lines, "two lines"));
        Report(3);
        await UntilAsync(lines, "\"at\":3,");
    }

    [Fact]
    public async Task Stream_MorePagesThanPeopleOpen_AreRefused()
    {
        await using var ui = await UiClient.StartAsync(_folder.Path, _feed);
        var pages = new List<Socket>();
        try
        {
            for (var i = 0; i < LiveStream.MostPages; i++)
            {
                pages.Add(await AskAsync(ui));
                using var lines = new StreamReader(new NetworkStream(pages[^1]), Encoding.UTF8);
                await UntilAsync(lines, "event: start");
            }

            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ui.AskAsync("/api/live")).Status);
            pages.ForEach(page => page.Dispose());
            await Eventually.HoldsAsync(() => IsOpenAsync(ui).GetAwaiter().GetResult());
        }
        finally
        {
            pages.ForEach(page => page.Dispose());
        }
    }

    [Fact]
    public async Task Dispose_WithOpenPages_EndsAtOnce()
    {
        var ui = await UiClient.StartAsync(_folder.Path, _feed);
        using var page = await AskAsync(ui);
        using var lines = new StreamReader(new NetworkStream(page), Encoding.UTF8);
        await UntilAsync(lines, "event: start");

        await ui.DisposeAsync().AsTask().WaitAsync(Eventually.Patience);
    }

    private static async Task<bool> IsOpenAsync(UiClient ui)
    {
        using var page = await AskAsync(ui);
        using var lines = new StreamReader(new NetworkStream(page), Encoding.UTF8);
        return (await lines.ReadLineAsync())?.Contains("200", StringComparison.Ordinal) == true;
    }

    /// <summary>A bare socket: it reads only what a test reads.</summary>
    private static async Task<Socket> AskAsync(UiClient ui)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4_096 };
        await socket.ConnectAsync(IPAddress.Loopback, ui.Root.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /api/live HTTP/1.1\r\nHost: 127.0.0.1:{ui.Root.Port}\r\nAuthorization: Bearer {ui.Token}\r\n\r\n"));
        return socket;
    }

    private static async Task<string> UntilAsync(StreamReader lines, string part)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience, TimeProvider.System);
        while (await lines.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.Contains(part, StringComparison.Ordinal))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"the stream ended before {part}");
    }

    private void Report(int second) => _feed.Report(new RunProgress(
        TimeSpan.FromSeconds(second), TimeSpan.FromSeconds(4), Phase.Baseline, 2, 0, new RunCounts(0, 0, new Dictionary<Outcome, int>()), null, null, []));
}
