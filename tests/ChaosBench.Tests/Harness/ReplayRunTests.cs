using System.Collections.Concurrent;
using System.Text.Json;
using ChaosBench.Harness;
using ChaosBench.Harness.Commands;
using ChaosBench.Reports.Runs;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>Recorded traffic through the whole line, against a server over HTTP.</summary>
public sealed class ReplayRunTests : IAsyncLifetime, IDisposable
{
    private readonly TempFolder _folder = new();
    private ScriptedEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("mooncake-conversation.first-100s.jsonl", "0.5%", 291)]
    [InlineData("azure-2023-conversation.first-100s.csv", "5%", 371)]
    public async Task Run_RecordedExcerpt_SendsEveryRecordedRequestOnce(string file, string lengths, int requests)
    {
        var counts = await Run($$"""
            version: 1
            targets: { remote: { type: openai, url: "{{_endpoint.Url}}", model: scripted, requestTimeout: 20s } }
            prompts: { real: { trace: "{{Repository.Path("scenarios", "recorded", file)}}", lengths: {{lengths}} } }
            scenarios:
              - workload: { open: { replay: real, speed: 50 } }
                phases: { warmUp: 0s, baseline: 2s }
                objectives: { e2e: 20s }
                gates: ["error_rate <= 50%"]
            """);

        Assert.Equal((requests, requests), ((int)counts["arrivals"], (int)counts["completed"]));
        Assert.Equal(requests, _endpoint.Requests);
    }

    [Fact]
    public async Task Run_Sessions_CarryTheLiveAnswersAndNotTheRecordedOnes()
    {
        var bodies = new ConcurrentQueue<string>();
        _endpoint.OnBody = bodies.Enqueue;
        _endpoint.Answer = "live";
        _folder.File("talk.jsonl", string.Concat(Enumerable.Range(0, 5).Select(talk => $$$"""
            {"id":"c{{{talk}}}","messages":[{"role":"user","content":"{{{talk}}}-first"},{"role":"assistant","content":"recorded"},{"role":"user","content":"{{{talk}}}-second"},{"role":"assistant","content":"recorded"},{"role":"user","content":"{{{talk}}}-third"}]}

            """)));

        var counts = await Run($$"""
            version: 1
            targets: { remote: { type: openai, url: "{{_endpoint.Url}}", model: scripted, requestTimeout: 20s } }
            prompts: { talk: { trace: talk.jsonl } }
            scenarios:
              - workload: { closed: { clients: 3, thinkTime: 10ms, sessions: true } }
                phases: { warmUp: 0s, baseline: 2s }
            """);

        var asked = bodies.Select(body => JsonDocument.Parse(body).RootElement.GetProperty("messages").EnumerateArray()
            .Select(message => message.GetProperty("content").GetString()!).ToList()).ToList();
        Assert.Equal(counts["arrivals"], counts["completed"]);
        Assert.Contains(asked, messages => messages.Count == 5);
        Assert.All(asked, messages =>
        {
            var talk = messages[0].Split('-')[0];
            string[] whole = [$"{talk}-first", "live", $"{talk}-second", "live", $"{talk}-third"];
            Assert.Equal(1, messages.Count % 2);
            Assert.Equal(whole[..messages.Count], messages);
        });

        // Every conversation is held to its end before its client opens another.
        Assert.InRange(asked.Count(messages => messages.Count == 1) - asked.Count(messages => messages.Count == 5), 0, 3);
    }

    [Fact]
    public async Task Run_OpenSessions_ArriveAsPlannedAndThreadTheLiveAnswers()
    {
        var bodies = new ConcurrentQueue<string>();
        _endpoint.OnBody = bodies.Enqueue;
        _endpoint.Answer = "live";
        _folder.File("talk.jsonl", """
            {"session_id": "a", "timestamp": 0, "text_input": "a1", "output_length": 8}
            {"session_id": "a", "delay": 100, "text_input": "a2", "message_mode": "delta", "output_length": 8}
            {"session_id": "a", "delay": 100, "text_input": "a3", "message_mode": "delta", "output_length": 8}
            {"session_id": "b", "timestamp": 300, "text_input": "b1", "output_length": 8}
            {"session_id": "b", "timestamp": 500, "text_input": "b2", "message_mode": "delta", "output_length": 8}
            {"session_id": "c", "timestamp": 900, "text_input": "c1", "output_length": 8}
            {"session_id": "c", "delay": 60000, "text_input": "never asked", "message_mode": "delta", "output_length": 8}
            """);

        var counts = await Run($$"""
            version: 1
            targets: { remote: { type: openai, url: "{{_endpoint.Url}}", model: scripted, requestTimeout: 20s } }
            prompts: { talk: { trace: talk.jsonl, format: mooncake } }
            scenarios:
              - workload: { open: { replay: talk, sessions: true } }
                phases: { warmUp: 0s, baseline: 4s }
            """);

        var asked = bodies.Select(body => JsonDocument.Parse(body).RootElement.GetProperty("messages").EnumerateArray()
            .Select(message => message.GetProperty("content").GetString()!)).Select(messages => string.Join('|', messages)).Order();
        Assert.Equal((6, 6), ((int)counts["arrivals"], (int)counts["completed"]));
        Assert.Equal(["a1", "a1|live|a2", "a1|live|a2|live|a3", "b1", "b1|live|b2", "c1"], asked);
    }

    private async Task<IReadOnlyDictionary<string, long>> Run(string text)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var scenario = _folder.File("replay.yaml", text);

        var code = await CommandLine.RunAsync(
            ["run", scenario, "--out", Path.Combine(_folder.Path, "runs")], new Terminal(output, error), TimeProvider.System);

        // A busy machine may send late, which makes the run inconclusive; what was sent is the same.
        Assert.True(code is 0 or 2, error.ToString());
        return RunFiles.ReadSummary(Directory.EnumerateDirectories(Path.Combine(_folder.Path, "runs"), "2*").Single()).Counts;
    }
}
