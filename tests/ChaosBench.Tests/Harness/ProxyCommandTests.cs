using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ChaosBench.Chaos.Proxy;
using ChaosBench.Harness.Control;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>The proxy as a command, its admin API, and the proxy inside a run.</summary>
public sealed partial class ProxyCommandTests : IAsyncLifetime, IDisposable
{
    private const string Token = "right";
    private readonly CommandSession _session = new();
    private readonly HttpClient _client = new();
    private ScriptedEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose()
    {
        _session.Dispose();
        _client.Dispose();
    }

    [Theory]
    [InlineData("--upstream", "127.0.0.1:80", "let clients add /v1")]
    [InlineData("--upstream", "http://127.0.0.1:80/v1", "let clients add /v1")]
    [InlineData("--upstream", "ftp://127.0.0.1", "let clients add /v1")]
    [InlineData("--listen", "9000", "write for example 127.0.0.1:9000")]
    [InlineData("--listen", "example.com:80", "write for example 127.0.0.1:9000")]
    [InlineData("--faults", "nowhere.yaml", "cannot be read")]
    public async Task Proxy_BadOption_ExitsFourWithTheRemedy(string option, string value, string remedy)
    {
        string[] upstream = option == "--upstream" ? [] : ["--upstream", "http://127.0.0.1:9"];
        Assert.Equal(4, await _session.CallAsync(["proxy", .. upstream, option, value]));
        Assert.Contains(remedy, _session.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://127.0.0.1:9", "--ca-certificate nowhere.pem", "cannot be read as PEM")]
    [InlineData("https://127.0.0.1:9", "--ca-certificate empty.pem", "holds no certificate; give a PEM file with BEGIN CERTIFICATE")]
    [InlineData("http://127.0.0.1:9", "--ca-certificate empty.pem", "is reached without TLS; write https:// or leave it out")]
    [InlineData("https://127.0.0.1:9", "--client-certificate empty.pem", "give both --client-certificate and --client-key")]
    [InlineData("https://127.0.0.1:9", "--client-key empty.pem", "give both --client-certificate and --client-key")]
    [InlineData("https://127.0.0.1:9", "--client-certificate empty.pem --client-key empty.pem", "cannot be read as PEM")]
    public async Task Proxy_BadCertificates_ExitsFourWithTheRemedy(string upstream, string options, string remedy)
    {
        _session.Folder.File("empty.pem", "nothing\n");
        var words = options.Split(' ').Select(word => word.EndsWith(".pem", StringComparison.Ordinal) ? Path.Combine(_session.Folder.Path, word) : word);

        Assert.Equal(4, await _session.CallAsync(["proxy", "--upstream", upstream, .. words]));
        Assert.Contains(remedy, _session.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stream.cutt", "did you mean 'stream.cut'")]
    [InlineData("node.kill", "there is no fault 'node.kill'")]
    [InlineData("stream.stall, with: { length: 10 }", "has no unit")]
    [InlineData("stream.stall, with: { after: -1 }", "whole number")]
    [InlineData("stream.slow_drip, with: { gap: 1h }", "write 1ms to 10m")]
    [InlineData("stream.cut, with: { how: rest }", "did you mean 'reset'")]
    [InlineData("stream.cut, with: { whence: 1 }", "has no parameter 'whence'")]
    [InlineData("connection.refuse, share: 50%", "has no coin")]
    [InlineData("stream.cut, select: { replica: 1 }", "unknown key 'select'")]
    public async Task Proxy_BadFault_ExitsFourWithPlaceAndRemedy(string fault, string remedy)
    {
        var file = _session.Folder.File("faults.yaml", $"faults:\n  - {{ fault: {fault} }}\n");
        Assert.Equal(4, await _session.CallAsync("proxy", "--upstream", "http://127.0.0.1:9", "--faults", file));
        Assert.Contains(remedy, _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxy_Started_BreaksAndStopsAtInterrupt()
    {
        var file = _session.Folder.File("faults.yaml", "faults:\n  - { fault: http.503, for: 1h }\n");
        using var proxy = CommandProcess.Start(
            _session.Folder.Path, "proxy", "--upstream", new Uri(_endpoint.Url).GetLeftPart(UriPartial.Authority), "--faults", file, "--token-file", "token");
        await proxy.UntilAsync(() => proxy.Error.Contains("admin on", StringComparison.Ordinal), "it said where it listens");
        var address = Address().Match(proxy.Error).Value;

        using var reply = await _client.GetAsync(new Uri(address + "v1/models"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
        var token = Path.Combine(_session.Folder.Path, "token");
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(token) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.DoesNotContain(await File.ReadAllTextAsync(token), proxy.Error, StringComparison.Ordinal);
        proxy.Signal("INT");
        Assert.Equal(0, await proxy.ExitAsync());
    }

    [Fact]
    public async Task Admin_SetListClear_ActsOnTheProxy()
    {
        await using var desk = await Desk.StartAsync(_endpoint);

        Assert.Equal(200, await desk.AskAsync("POST", "v1/faults", """{ "fault": "http.500", "share": "100%", "for": "1h" }"""));
        Assert.Equal(500, await desk.ThroughAsync());
        Assert.Equal(200, await desk.AskAsync("GET", "v1/faults"));
        Assert.Equal(1, desk.Last.GetProperty("faults")[0].GetProperty("met").GetProperty("applied").GetInt64());
        Assert.Equal(404, await desk.AskAsync("POST", "v1/faults/clear", """{ "id": "http.50-1" }"""));
        Assert.Contains("did you mean 'http.500-1'", desk.Last.ToString(), StringComparison.Ordinal);
        Assert.Equal(200, await desk.AskAsync("POST", "v1/faults/clear", """{ "id": "http.500-1" }"""));
        Assert.Equal(200, await desk.ThroughAsync());

        Assert.Equal(200, await desk.AskAsync("GET", "v1/events"));
        Assert.Equal(["active", "eligible", "selected", "applied", "healed"],
            desk.Last.GetProperty("events").EnumerateArray().Select(happening => happening.GetProperty("what").GetString()!));
    }

    [Fact]
    public async Task Admin_NoLifeGiven_IsLiftedAfterAMinute()
    {
        var time = new FakeTime();
        await using var desk = await Desk.StartAsync(_endpoint, time);
        Assert.Equal(200, await desk.AskAsync("POST", "v1/faults", """{ "fault": "http.500" }"""));
        Assert.Equal(500, await desk.ThroughAsync());

        time.Advance(AdminFace.DefaultLife);

        Assert.Equal(200, await desk.ThroughAsync());
    }

    [Theory]
    [InlineData(401, "Authorization", "Bearer wrong")]
    [InlineData(401, "Authorization", "")]
    [InlineData(403, "Host", "evil.example")]
    [InlineData(403, "Origin", "http://evil.example")]
    public async Task Admin_Strangers_AreRefused(int status, string header, string value)
    {
        await using var desk = await Desk.StartAsync(_endpoint);
        Assert.Equal(status, await desk.AskAsync("POST", "v1/faults", """{ "fault": "http.500" }""", (header, value)));
        Assert.Equal(200, await desk.ThroughAsync());
    }

    [Theory]
    [InlineData("GET", "v1/faults/clear", 405, "")]
    [InlineData("POST", "v1/events", 405, "")]
    [InlineData("POST", "v1/faults", 400, "\0\u0001{[")]
    [InlineData("POST", "v1/faults", 400, "{}")]
    [InlineData("POST", "v1/faults", 400, """{ "fault": "http.500", "for": "900h" }""")]
    [InlineData("POST", "v1/faults/clear", 400, "[1,2]")]
    public async Task Admin_NoOrder_IsRefused(string method, string path, int status, string body)
    {
        await using var desk = await Desk.StartAsync(_endpoint);
        Assert.Equal(status, await desk.AskAsync(method, path, body));
    }

    [Fact]
    public async Task Admin_TooMuch_IsRefused()
    {
        await using var desk = await Desk.StartAsync(_endpoint, new FakeTime());
        Assert.Equal(413, await desk.AskAsync("POST", "v1/faults", new string('x', 100_000)));
        for (var i = 0; i < 49; i++)
        {
            Assert.Equal(200, await desk.AskAsync("GET", "v1/faults"));
        }

        Assert.Equal(429, await desk.AskAsync("GET", "v1/faults"));
    }

    [Fact]
    public async Task Run_AbortedInTheMiddleOfAStall_HealsIt()
    {
        var run = _session.RunAsync(Scenario("{ fault: stream.stall, with: { after: 1 } }", fault: "60s"));
        await Eventually.HoldsAsync(() => _endpoint.Requests > 15);

        Assert.Equal(0, await _session.CallAsync("abort", Path.Combine(_session.Runs, "latest")));

        Assert.Equal(3, await run);
        Assert.Equal(HealState.Verified, _session.Summary.Healed);
    }

    [Fact]
    public async Task Run_NoSuchFault_HasNoProxyInThePath()
    {
        Assert.Equal(0, await _session.RunAsync(Scenario("{ fault: input.typos }")));
        Assert.DoesNotContain("faultProxy", await File.ReadAllTextAsync(Path.Combine(_session.RunPath, "manifest.json")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ServedModel_IsReachedThroughItsHttpFace()
    {
        var model = Repository.Path("scenarios", "models", "triage-v1");
        var file = Scenario("{ fault: stream.cut, with: { how: reset, after: 1 } }", target: $"type: onnx, model: {model}, device: cpu, replicas: 1");

        Assert.Equal(0, await _session.RunAsync(file));

        Assert.Contains("faultProxy", await File.ReadAllTextAsync(Path.Combine(_session.RunPath, "manifest.json")), StringComparison.Ordinal);
        Assert.Contains(_session.Observations(), seen => seen.Phase == Phase.Fault && seen.Outcome == Outcome.Reset && seen.Faults.Count == 1);
        Assert.All(_session.Observations().Where(seen => seen.Phase == Phase.Baseline), seen => Assert.Equal(Outcome.Completed, seen.Outcome));
    }

    [Fact]
    public async Task Run_TargetBehindItsOwnProxy_IsRefusedWithTheReason()
    {
        var target = $"type: openai, url: \"{_endpoint.Url}\", model: scripted, proxy: \"http://127.0.0.1:9\"";
        Assert.Equal(4, await _session.RunAsync(Scenario("{ fault: stream.cut }", target: target)));
        Assert.Contains("one proxy too many", _session.Error, StringComparison.Ordinal);
    }

    private string Scenario(string line, string? target = null, string fault = "600ms")
    {
        _session.Folder.File("prompts.jsonl", """{"id":"a","prompt":"What is 6 times 7?"}""" + "\n");
        return _session.Folder.File("run.yaml", $$"""
            version: 1
            targets: { it: { {{target ?? $"type: openai, url: \"{_endpoint.Url}\", model: scripted"}} } }
            prompts: { sums: prompts.jsonl }
            scenarios:
              - workload: { open: { arrivals: constant, rate: 20/s } }
                mix: [ { prompts: sums, stream: true, maxTokens: 8 } ]
                phases: { warmUp: 0s, baseline: 500ms, fault: {{fault}}, recovery: 0s }
                faults: [ {{line}} ]
            """);
    }

    [GeneratedRegex("http://127\\.0\\.0\\.1:[0-9]+/")]
    private static partial Regex Address();

    /// <summary>A proxy with its admin API, in this process.</summary>
    private sealed class Desk(FaultProxy proxy, FaultDesk desk, AdminFace face) : IAsyncDisposable
    {
        private readonly HttpClient _client = new();

        public JsonElement Last { get; private set; }

        public static async Task<Desk> StartAsync(ScriptedEndpoint endpoint, TimeProvider? time = null)
        {
            var clock = time ?? TimeProvider.System;
            var feed = new EventFeed(clock);
            var proxy = FaultProxy.Start(new ProxyOptions { Upstream = new Uri(endpoint.Url) }, RequestIdKeys.Instance, feed, clock);
            var desk = new FaultDesk(proxy, feed, clock);
            return new Desk(proxy, desk, await AdminFace.StartAsync(desk, feed, 0, Token, clock));
        }

        public async Task<int> AskAsync(string method, string path, string body = "", (string Name, string Value)? header = null)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(face.BaseAddress, path));
            request.Content = method == "GET" ? null : new StringContent(body, Encoding.UTF8, "application/json");
            request.Headers.TryAddWithoutValidation("Authorization", header is ("Authorization", var other) ? other : $"Bearer {Token}");
            if (header is { Name: not "Authorization" } extra)
            {
                request.Headers.TryAddWithoutValidation(extra.Name, extra.Value);
            }

            using var reply = await _client.SendAsync(request);
            var text = await reply.Content.ReadAsStringAsync();
            Last = text.Length > 0 ? JsonSerializer.Deserialize<JsonElement>(text) : default;
            return (int)reply.StatusCode;
        }

        public async Task<int> ThroughAsync()
        {
            using var reply = await _client.GetAsync(new Uri(proxy.BaseAddress, "v1/models"));
            return (int)reply.StatusCode;
        }

        public async ValueTask DisposeAsync()
        {
            _client.Dispose();
            await face.DisposeAsync();
            desk.Dispose();
            await proxy.DisposeAsync();
        }
    }
}
