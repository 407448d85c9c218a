using System.Text;
using System.Text.RegularExpressions;
using ChaosBench.Reports.Runs;
using ChaosBench.Server;
using ChaosBench.Server.Http;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness.Recording;

/// <summary>The command in a process of its own: what it writes replays, whatever ends it.</summary>
public sealed partial class RecordCommandTests : IDisposable
{
    private readonly CommandSession _session = new();
    private readonly HttpClient _client = new();

    public void Dispose()
    {
        _session.Dispose();
        _client.Dispose();
    }

    [LinuxFact]
    public async Task Record_TrafficToTheInProcessServer_IsReplayedByAScenario()
    {
        var server = await ModelServer.StartAsync(new ServerOptions { Model = Repository.Path("scenarios", "models", "triage-v1") }, TimeProvider.System, default);
        await using var serving = server;
        await using var face = await HttpFace.StartAsync(server, new HttpFaceOptions(), TimeProvider.System, default);
        var trace = Path.Combine(_session.Folder.Path, "traffic.jsonl");
        using (var recorder = CommandProcess.Start(_session.Folder.Path, "record", "--upstream", face.BaseAddress.GetLeftPart(UriPartial.Authority), "--out", trace, "--listen", "127.0.0.1:0"))
        {
            var url = await AddressAsync(recorder);
            for (var i = 0; i < 12; i++)
            {
                await AskAsync(url, $"where is my desk lamp. order A-1234{i}", stream: i % 2 == 0);
            }

            recorder.Signal("INT");
            Assert.True(await recorder.ExitAsync() == 0, recorder.Error);
            Assert.Contains("12 requests recorded", recorder.Error, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(trace + ".recording"));
        var scenario = _session.Folder.File("replay.yaml", $$"""
            version: 1
            targets: { mine: { type: openai, url: "{{face.BaseAddress}}v1", model: triage-v1, requestTimeout: 30s } }
            prompts: { recorded: { trace: traffic.jsonl } }
            scenarios:
              - workload: { open: { replay: recorded } }
                phases: { warmUp: 0s, baseline: 20s }
                objectives: { e2e: 30s }
            """);
        Assert.True(await _session.RunAsync(scenario) == 0, _session.Error);
        Assert.Equal((12L, 12L), (_session.Summary.Counts["arrivals"], _session.Summary.Counts["completed"]));
        var drawn = _session.Folder.File("drawn.yaml", File.ReadAllText(scenario).Replace("trace:", "recorded:", StringComparison.Ordinal)
            .Replace("{ open: { replay: recorded } }", "5/s", StringComparison.Ordinal)); // the same file as a set of prompts
        _session.Forget();
        Assert.True(await _session.CallAsync("plan", drawn) == 0, _session.Error);
        Assert.Contains("100.0%  recorded", _session.Out, StringComparison.Ordinal);
        Assert.Contains("traffic.jsonl", string.Join(' ', RunFiles.ReadManifest(_session.RunPath).Files.Keys), StringComparison.Ordinal);
    }

    [LinuxFact]
    public async Task Record_Killed_LeavesWhatHadEnded()
    {
        await using var endpoint = await ScriptedEndpoint.StartAsync();
        var trace = Path.Combine(_session.Folder.Path, "traffic.jsonl");
        using var recorder = CommandProcess.Start(_session.Folder.Path, "record", "--upstream", new Uri(endpoint.Url).GetLeftPart(UriPartial.Authority), "--out", trace, "--listen", "127.0.0.1:0");
        var url = await AddressAsync(recorder);
        for (var i = 0; i < 5; i++)
        {
            await AskAsync(url, $"question {i}", stream: true);
        }

        await Eventually.HoldsAsync(() => File.ReadLines(trace + ".recording").Count() == 6);
        recorder.Signal("KILL");
        await recorder.ExitAsync();

        Assert.False(File.Exists(trace));
        Assert.Equal(4, await _session.CallAsync("record", "--upstream", "http://127.0.0.1:9", "--out", trace, "--listen", "127.0.0.1:0"));
        Assert.Contains("left by a recording that was killed", _session.Error, StringComparison.Ordinal);
        Assert.Equal(0, await _session.CallAsync("import", "chaosbench", trace + ".recording", "--out", trace));
        Assert.Equal(6, File.ReadLines(trace).Count());
    }

    [Theory]
    [InlineData("let clients add /v1", "--upstream", "http://127.0.0.1:80/v1")]
    [InlineData("let clients add /v1", "--upstream", "http://user:pass@127.0.0.1:80")]
    [InlineData("write for example 127.0.0.1:9000", "--listen", "9000")]
    [InlineData("cannot be written", "--out", "no/such/folder/traffic.jsonl")]
    [InlineData("not the name of a header", "--session-header", "two words")]
    [InlineData("is more than the whole", "--sample", "200%")]
    [InlineData("not a whole number", "--max-requests", "0")]
    [InlineData("leave one of them out", "--no-redaction", "--redact", "names.txt")]
    [InlineData("cannot be read", "--redact", "nowhere.txt")]
    public async Task Record_BadOption_ExitsFourWithTheRemedy(string remedy, params string[] words)
    {
        string[] upstream = words[0] == "--upstream" ? [] : ["--upstream", "http://127.0.0.1:9"];
        string[] output = words[0] == "--out" ? [] : ["--out", Path.Combine(_session.Folder.Path, "t.jsonl")];
        string[] listen = words[0] == "--listen" ? [] : ["--listen", "127.0.0.1:0"];

        Assert.Equal(4, await _session.CallAsync(["record", .. upstream, .. output, .. listen, .. words]));
        Assert.Contains(remedy, _session.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_session.Folder.Path));
    }

    private static async Task<Uri> AddressAsync(CommandProcess recorder)
    {
        await recorder.UntilAsync(() => Address().IsMatch(recorder.Error), "the recorder listens");
        return new Uri(Address().Match(recorder.Error).Groups[1].Value + "v1/chat/completions");
    }

    private async Task AskAsync(Uri url, string question, bool stream)
    {
        var body = $$"""{"model":"triage-v1","temperature":0,"max_tokens":16,"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"{{question}}"}]}""";
        using var reply = await _client.PostAsync(url, new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync());
    }

    [GeneratedRegex(@"recording on (http://[0-9.:]+/)")]
    private static partial Regex Address();
}
