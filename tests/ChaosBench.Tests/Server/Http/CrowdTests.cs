using System.Globalization;
using System.Net.Sockets;
using System.Text;
using ChaosBench.Server;
using ChaosBench.Server.Http;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server.Http;

/// <summary>Clients that hold connections: crowds that say nothing, and one that never reads.</summary>
public sealed class CrowdTests : IAsyncLifetime
{
    private const string Chat = """{"messages": [{"role": "user", "content": "hello"}]}""";

    private static readonly HttpClient Client = new() { Timeout = FakeModel.Patience };

    private readonly FakeModel _model = new() { Script = ["canary"] };
    private readonly FakeTime _time = new();
    private readonly List<Socket> _crowd = [];
    private ModelServer? _server;
    private HttpFace? _face;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _crowd.ForEach(socket => socket.Dispose());
        if (_face is not null && _server is not null)
        {
            await _face.DisposeAsync();
            await _server.DisposeAsync();
        }
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Le")]
    public async Task Connections_FiveThousandThatSayNoMore_TheCanaryIsAnswered(string said)
    {
        const int Crowd = 5_000;
        await RequireFilesAsync((2 * Crowd) + 1_000); // both ends are here
        await ServeAsync(new HttpFaceOptions());
        var bytes = Encoding.ASCII.GetBytes(said);
        // Fewer at a time than the listener's backlog.
        for (var wave = 0; wave < Crowd / 250; wave++)
        {
            await Task.WhenAll(Enumerable.Range(0, 250).Select(_ => JoinAsync(bytes)));
        }

        for (var canary = 0; canary < 20; canary++)
        {
            Assert.Contains("canary", await AskAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Connections_BeyondTheLimit_AreClosedAndTheOthersServed()
    {
        await ServeAsync(new HttpFaceOptions { MaxConnections = 8 });
        using var client = new HttpClient { Timeout = FakeModel.Patience };
        await AskAsync(client); // holds one of the eight
        for (var socket = 0; socket < 7; socket++)
        {
            await JoinAsync([]);
        }

        await JoinAsync([]);
        Assert.Equal(0, await _crowd[^1].ReceiveAsync(new byte[1]).WaitAsync(FakeModel.Patience));

        Assert.Contains("canary", await AskAsync(client), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reader_ThatReadsNothing_HoldsNoSlotAndIsCutAfterTheWriteTimeout(bool stream)
    {
        // More than sockets' buffers take, in fewer pieces than the channel holds: the generation itself ends as if it were read.
        _model.Script = [.. Enumerable.Repeat(new string('x', 1 << 16), StreamChannel.Capacity / 2)];
        await ServeAsync(new HttpFaceOptions { MaxConcurrent = 1, WriteTimeout = TimeSpan.FromSeconds(30) });
        var body = Chat.Insert(1, stream ? "\"stream\": true, " : "\"stream\": false, ");
        await JoinAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        await (await _model.NextCallAsync()).Result.WaitAsync(FakeModel.Patience);
        await Eventually.HoldsAsync(() => _server!.Replicas.Sum(replica => replica.Outstanding) == 0);
        _model.Script = ["canary"];
        Assert.Equal(429, await StatusAsync());

        await Eventually.HoldsAsync(_time, TimeSpan.FromSeconds(31), () => StatusAsync().GetAwaiter().GetResult() == 200);
        await Assert.ThrowsAsync<SocketException>(() => DrainAsync(_crowd[0]));
    }

    private async Task ServeAsync(HttpFaceOptions options)
    {
        _server = await _model.ServeAsync();
        _face = await HttpFace.StartAsync(_server, options, _time, default);
    }

    private async Task JoinAsync(byte[] said)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        lock (_crowd)
        {
            _crowd.Add(socket);
        }

        await socket.ConnectAsync(_face!.BaseAddress.Host, _face.BaseAddress.Port).WaitAsync(FakeModel.Patience);
        if (said.Length > 0)
        {
            await socket.SendAsync(said);
        }
    }

    private static async Task DrainAsync(Socket socket)
    {
        var buffer = new byte[1 << 16];
        while (await socket.ReceiveAsync(buffer).WaitAsync(FakeModel.Patience) > 0)
        {
            // To the end, which is a reset: half an answer never looks whole.
        }
    }

    private async Task<string> AskAsync(HttpClient? client = null)
    {
        using var reply = await PostAsync(client ?? Client);
        return await reply.Content.ReadAsStringAsync();
    }

    private async Task<int> StatusAsync()
    {
        using var reply = await PostAsync(Client);
        return (int)reply.StatusCode;
    }

    private async Task<HttpResponseMessage> PostAsync(HttpClient client)
    {
        using var content = new StringContent(Chat, Encoding.UTF8, "application/json");
        return await client.PostAsync(new Uri(_face!.BaseAddress, "v1/chat/completions"), content);
    }

    /// <summary>Waits for the files that other tests still close; skips where the limit itself is too low.</summary>
    private static async Task RequireFilesAsync(int wanted)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the limit of open files is read from /proc");
        var line = File.ReadLines("/proc/self/limits").Single(limit => limit.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line["Max open files".Length..].Trim().Split(' ')[0];
        var limit = soft == "unlimited" ? int.MaxValue : int.Parse(soft, CultureInfo.InvariantCulture);
        Skip.If(limit < wanted, $"needs {wanted} open files; ulimit -n is {soft}");
        await Eventually.TrueAsync(
            () => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() <= limit - wanted, $"{wanted} files can be opened");
    }
}
