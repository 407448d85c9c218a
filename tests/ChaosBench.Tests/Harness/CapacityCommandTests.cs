using System.Text.Json;
using ChaosBench.Reports.Capacity;
using ChaosBench.Reports.Journal;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>The search through the command line, against an endpoint in this process.</summary>
public sealed class CapacityCommandTests : IAsyncLifetime, IDisposable
{
    private readonly CommandSession _session = new();
    private ScriptedEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _session.Dispose();

    [Fact]
    public async Task Capacity_RemoteTarget_LeavesEveryProbeAndSaysWhatItFound()
    {
        var code = await Capacity("--from", "20/s", "--to", "20/s", "--probe", "2s", "--precision", "50%", "--json");

        using var document = JsonDocument.Parse(_session.Out);
        var report = document.RootElement[0];
        Assert.Equal(code, report.GetProperty("exitCode").GetInt32());
        var series = report.GetProperty("series").EnumerateArray().Single();
        Assert.NotEmpty(series.GetProperty("probes").EnumerateArray());
        // How much a busy machine can take is its own business; that the code agrees with the answer is ours.
        Assert.Equal(code == 0, series.GetProperty("ending").GetString() is "at-least" or "found");
        Assert.Contains("nothing can be said about a lost node", report.GetProperty("remarks")[0].GetString(), StringComparison.Ordinal);
        foreach (var probe in series.GetProperty("probes").EnumerateArray())
        {
            var folder = Path.Combine(_session.RunPath, probe.GetProperty("folder").GetString()!);
            using var journal = JournalFile.Open(folder);
            var events = journal.Events().ToList();
            Assert.True(events.OfType<JournalEvent.Observation>().Count() >= probe.GetProperty("attempted").GetInt32());
            Assert.Contains(probe.GetProperty("why").GetString()!, events.OfType<JournalEvent.RunEnded>().Single().Reason, StringComparison.Ordinal);
        }

        Assert.True(File.Exists(Path.Combine(_session.RunPath, CapacityFiles.PageName)));
        Assert.True(File.Exists(Path.Combine(_session.RunPath, CapacityFiles.MarkdownName)));
    }

    [Fact]
    public async Task Capacity_TargetAnswersNothing_ExitsOneAndSaysSo()
    {
        _endpoint.Status = 500;
        Assert.Equal(1, await Capacity("--to", "10/s"));
        Assert.Contains("answered none of", _session.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("out of reach", "--lost-nodes", "1")]
    [InlineData("write a lower first rate", "--from", "20/s", "--to", "10/s")]
    [InlineData("has no unit", "--from", "20")]
    [InlineData("outside 0.5% to 50%", "--precision", "0%")]
    public async Task Capacity_OptionThatCannotWork_ExitsFourBeforeAnythingIsSent(string complaint, params string[] options)
    {
        Assert.Equal(4, await Capacity(options));
        Assert.Contains(complaint, _session.Error, StringComparison.Ordinal);
        Assert.Equal(0, _endpoint.Requests);
        Assert.False(Directory.Exists(_session.Runs));
    }

    [Theory]
    [InlineData("workload: { open: { rate: 10/s, sessions: true } }")]
    [InlineData("workload: { closed: { clients: 2, sessions: true } }")]
    public async Task Capacity_WholeConversations_IsRefusedWithPlaceAndRemedy(string workload)
    {
        _session.Folder.File("talks.jsonl", """{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"},{"role":"user","content":"And?"},{"role":"assistant","content":"Bye"}]}""" + "\n");
        var file = _session.Folder.File("talks.yaml", $$"""
            version: 1
            targets: { remote: { type: openai, url: "{{_endpoint.Url}}", model: scripted } }
            prompts: { talks: { trace: talks.jsonl, format: openai-messages } }
            scenarios:
              - name: talks
                {{workload}}
            """);

        Assert.Equal(4, await _session.CallAsync(["capacity", file, "--out", _session.Runs]));

        Assert.Contains($"{file}: scenario 'talks': sessions: true: the later turns", _session.Error, StringComparison.Ordinal);
        Assert.Contains("write sessions: false", _session.Error, StringComparison.Ordinal);
        Assert.Equal(0, _endpoint.Requests);
    }

    private Task<int> Capacity(params string[] options)
    {
        _session.Folder.File("prompts.jsonl", """{"id":"a","prompt":"What is 6 times 7?","expected":"42"}""" + "\n");
        var file = _session.Folder.File("chaos.yaml", $$"""
            version: 1
            targets: { remote: { type: openai, url: "{{_endpoint.Url}}", model: scripted, requestTimeout: 10s } }
            prompts: { sums: prompts.jsonl }
            scenarios:
              - name: sums
                workload: 150/s
                objectives: { e2e: 20s }
                gates: ["attainment >= 50%"]
            """);
        return _session.CallAsync(["capacity", file, "--out", _session.Runs, .. options]);
    }
}
