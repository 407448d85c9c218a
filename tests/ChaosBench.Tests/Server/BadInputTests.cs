using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ChaosBench.Server;
using ChaosBench.Server.Http;
using ChaosBench.Tests.Server.Models;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Server;

/// <summary>What hostile and broken clients send, on bare sockets: each gets a status or a closed connection, and nobody else notices.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private const string Greedy = "\"temperature\": 0, \"max_tokens\": 64";

    private static readonly (string Prompt, string Expected)[] Canaries =
    [
        .. File.ReadLines(Repository.Path("scenarios", "recorded", "canaries.jsonl")).Take(4)
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .Select(line => (line.GetProperty("prompt").GetString()!, line.GetProperty("expected").GetString()!)),
    ];

    private static readonly HttpClient Client = new() { Timeout = FakeModel.Patience };

    private ModelServer? _server;
    private HttpFace? _face;

    public async Task InitializeAsync()
    {
        var options = new ServerOptions { Model = TriageModel.RequireFolder(), Device = "cpu", Replicas = 1, MaxBatch = 8 };
        _server = await ModelServer.StartAsync(options, TimeProvider.System, default);
        _face = await HttpFace.StartAsync(_server, new HttpFaceOptions(), TimeProvider.System, default);
    }

    public async Task DisposeAsync()
    {
        if (_face is not null && _server is not null)
        {
            await _face.DisposeAsync();
            await _server.DisposeAsync();
        }
    }

    private static readonly (string Field, string Value, string Code)[] WrongValues =
    [
        ("max_tokens", "0", "invalid_value"),
        ("max_tokens", "-1", "invalid_value"),
        ("max_tokens", "2000000000", "invalid_value"),
        ("max_tokens", "1e999", "invalid_type"),
        ("temperature", "NaN", "invalid_json"),
        ("temperature", "\"NaN\"", "invalid_type"),
        ("temperature", "1e999", "invalid_value"),
        ("top_p", "-0.0", "invalid_value"),
        ("top_k", "99999999999999999999", "invalid_type"),
        ("presence_penalty", "2.0001", "invalid_value"),
        ("frequency_penalty", "-1e308", "invalid_value"),
        ("n", "0", "invalid_value"),
        ("n", "1000000", "invalid_value"),
        ("stop", $"[{string.Join(',', Enumerable.Repeat("\"x\"", 10_000))}]", "invalid_value"),
        ("stop", $"\"{new string('x', 100_000)}\"", "invalid_value"),
        ("seed", "{}", "invalid_type"),
        ("stream_options", "[]", "invalid_type"),
    ];

    [SkippableFact]
    public async Task Post_ValueOutOfRange_Is400AndTheCanarySings()
    {
        foreach (var (field, value, code) in WrongValues)
        {
            foreach (var stream in (string[])["", "\"stream\": true, "])
            {
                var (status, body) = await PostAsync($$"""{"messages": [{"role": "user", "content": "x"}], {{stream}}"{{field}}": {{value}}}""");

                Assert.True(status == 400 && body.Contains($"\"code\":\"{code}\"", StringComparison.Ordinal), $"{field} {value[..Math.Min(9, value.Length)]}: {body}");
            }

            await SingAsync(0);
        }
    }

    [SkippableFact]
    public async Task Post_WidestLegalValues_AreServed()
    {
        var (status, body) = await PostAsync(
            """{"messages": [{"role": "user", "content": "x"}], "max_tokens": 1000000, "temperature": 2, "top_p": 1e-300, "top_k": 1000000, "presence_penalty": -2, "frequency_penalty": 2, "seed": -9223372036854775808, "stop": ["}"], "n": 2}""");

        Assert.True(status == 200, body);
        await SingAsync(1);
    }

    [SkippableFact]
    public async Task BadRequests_AmongGoodOnes_ChangeNobodysAnswer()
    {
        var good = Enumerable.Range(0, 24).Select(number => SingAsync(number % Canaries.Length, stream: number % 2 == 0)).ToArray();
        var bad = Enumerable.Range(0, 40).Select(BadAsync).ToArray();

        await Task.WhenAll(good).WaitAsync(FakeModel.Patience);
        await Task.WhenAll(bad).WaitAsync(FakeModel.Patience);

        await SingAsync(0);
        Assert.All(_server!.Replicas, replica => Assert.True(replica.InRotation));
    }

    private static readonly (string Request, string Status)[] Floods =
    [
        // More headers than are taken, longer ones, a longer request line, none that is HTTP.
        ("GET /health/live HTTP/1.1\r\nHost: x\r\n" + string.Concat(Enumerable.Range(0, 200).Select(n => $"x-{n}: y\r\n")) + "\r\n", "431"),
        ("GET /health/live HTTP/1.1\r\nHost: x\r\nx: " + new string('y', 100_000) + "\r\n\r\n", "431"),
        ("GET /" + new string('a', 20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", "414"),
        ("\u0016\u0003\u0001 no HTTP at all\r\n\r\n", "400"),
        ("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", "400"),
        ("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"),
        ("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFF\r\n", "400"),
        ("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n", "413"),
    ];

    [SkippableFact]
    public async Task Socket_FloodOrNonsense_IsRefusedAndTheCanarySings()
    {
        foreach (var (request, status) in Floods)
        {
            using var socket = await ConnectAsync();
            try
            {
                await socket.SendAsync(Encoding.Latin1.GetBytes(request));
                var reply = await ReadAsync(socket);
                Assert.True(reply.StartsWith($"HTTP/1.1 {status} ", StringComparison.Ordinal), $"{request[..Math.Min(200, request.Length)]}: {reply}");
            }
            catch (SocketException)
            {
                // Refused before all of it was sent: the reset overtook the reply.
            }

            await SingAsync(0);
        }
    }

    [SkippableFact]
    public async Task Socket_HalfClosedAfterTheRequest_GetsAWholeAnswerOrNone()
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(Request(Body(Canaries[0].Prompt, stream: false)));
        socket.Shutdown(SocketShutdown.Send);

        string reply;
        try
        {
            reply = await ReadAsync(socket);
        }
        catch (SocketException)
        {
            reply = "";
        }

        // Kestrel takes a client that has no more to send for gone, as soon as it looks. Half an answer it never sends.
        Assert.True(reply.Length == 0 || (reply.StartsWith("HTTP/1.1 200", StringComparison.Ordinal)
            && reply.Contains("\"finish_reason\":\"stop\"", StringComparison.Ordinal)), reply);
        await SingAsync(0);
    }

    [SkippableFact]
    public async Task Socket_GoneInTheMiddle_FreesItsPlace()
    {
        var body = Body("x", stream: true).Replace("64", "1500", StringComparison.Ordinal);
        foreach (var sent in (int[])[10, 60, 200, int.MaxValue])
        {
            for (var client = 0; client < 8; client++)
            {
                using var socket = await ConnectAsync();
                var request = Request(body);
                await socket.SendAsync(request.AsMemory(0, Math.Min(sent, request.Length)));
                socket.LingerState = new LingerOption(enable: true, 0); // a reset instead of a goodbye
            }
        }

        // More than the places that the gone ones held: they are free, or these would wait for 1,500 tokens.
        await Task.WhenAll(Enumerable.Range(0, 16).Select(number => SingAsync(number % Canaries.Length))).WaitAsync(FakeModel.Patience);
    }

    private async Task BadAsync(int number)
    {
        string[] bodies =
        [
            "{", """{"messages": 5}""", """{"messages": [{"role": "user", "content": "x"}], "max_tokens": -1}""",
            $$"""{"messages": [{"role": "user", "content": "{{new string('7', 5_000)}}"}]}""",
            """{"messages": [{"role": "user", "content": "<|end|><|pad|>\u0000\ud800"}], "max_tokens": 5, "temperature": 2}""",
            """{"messages": [{"role": "user", "content": "x"}], "stop": ["a", "b", "c", "d", "e"]}""",
        ];
        if (number % 7 == 6)
        {
            using var socket = await ConnectAsync();
            await socket.SendAsync(Request(Body("gone", stream: true)));
            return;
        }

        var (status, _) = await PostAsync(bodies[number % bodies.Length]);
        Assert.Equal(number % bodies.Length == 4 ? 200 : 400, status);
    }

    private async Task SingAsync(int canary, bool stream = false)
    {
        var (prompt, expected) = Canaries[canary];
        var (status, body) = await PostAsync(Body(prompt, stream));
        Assert.True(status == 200, body);
        var text = stream
            ? string.Concat(body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).SkipLast(1).Select(line => Delta(line["data: ".Length..])))
            : JsonSerializer.Deserialize<JsonElement>(body).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString();
        Assert.Equal(expected, text);
    }

    private static string? Delta(string json) => JsonSerializer.Deserialize<JsonElement>(json)
        .GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : "";

    private static string Body(string prompt, bool stream) =>
        $$"""{"messages": [{"role": "user", "content": {{JsonSerializer.Serialize(prompt)}}}], "stream": {{(stream ? "true" : "false")}}, {{Greedy}}}""";

    private static byte[] Request(string body) => Encoding.UTF8.GetBytes(
        $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");

    private async Task<(int Status, string Body)> PostAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var reply = await Client.PostAsync(new Uri(_face!.BaseAddress, "v1/chat/completions"), content);
        return ((int)reply.StatusCode, await reply.Content.ReadAsStringAsync());
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_face!.BaseAddress.Host, _face.BaseAddress.Port);
        return socket;
    }

    /// <summary>To the end of the connection.</summary>
    private static async Task<string> ReadAsync(Socket socket)
    {
        using var patience = new CancellationTokenSource(FakeModel.Patience);
        var text = new StringBuilder();
        var buffer = new byte[1 << 14];
        for (var read = -1; read != 0;)
        {
            read = await socket.ReceiveAsync(buffer, patience.Token);
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return text.ToString();
    }
}
