using System.Text.Json;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>The same faults against nginx: through the run's proxy, and on the process that the run itself started; and runs that end in the middle of a proxy fault.</summary>
public sealed class ForeignServerTests : IDisposable
{
    private readonly CommandSession _session = new();

    public void Dispose() => _session.Dispose();

    [SkippableTheory]
    [InlineData("http.503", Outcome.Overloaded)]
    [InlineData("stream.cut", Outcome.Truncated)]
    [InlineData("connection.reset", Outcome.Reset)]
    public async Task Run_ProxyFaultBeforeNginx_HitsItsVictimsAndNobodyElse(string fault, Outcome outcome)
    {
        using var server = await NginxServer.StartAsync(_session.Folder);

        await _session.RunAsync(Scenario($"type: openai, url: \"{server.Url}\", model: fixed", $"fault: {fault}, share: 50%", "1s"));

        var seen = _session.Observations();
        Assert.All(seen.Where(one => one.Faults.Count > 0), one => Assert.Equal(outcome, one.Outcome));
        Assert.All(seen.Where(one => one.Faults.Count == 0), one => Assert.Equal(Outcome.Completed, one.Outcome));
        Assert.Contains(seen, one => one.Faults.Count > 0);
        Assert.Equal(HealState.Verified, _session.Summary.Healed);
        Assert.Equal(0, _session.Summary.Faults[0].Impact!.BystanderHarm);
        Assert.True(server.Listens());
    }

    [SkippableFact]
    public async Task Run_ServerThatItStarted_IsKilledAndStartedAgain()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "processes are killed on Linux");
        var server = NginxServer.Describe(_session.Folder);
        var command = string.Join(", ", server.Command.Select(word => JsonSerializer.Serialize(word)));
        var file = Scenario($"type: openai, url: \"{server.Url}\", model: fixed, command: [{command}]", "fault: node.kill", "2s", recovery: "3s");
        using var run = CommandProcess.Start(
            _session.Folder.Path, $"export XDG_STATE_HOME='{_session.Folder.Path}/state';", ["run", file, "--allow-exec", "--allow-pid", "--out", _session.Runs]);

        await run.ExitAsync();

        var summary = RunFolder.Rebuild(_session.RunPath).Summary;
        Assert.True(summary.Healed == HealState.Verified, run.Error);
        Assert.Equal(("real", "healed", 1), (summary.Faults[0].Fidelity, summary.Faults[0].State, summary.Faults[0].Applied));
        Assert.True(summary.Counts["connect-error"] + summary.Counts["reset"] > 0, run.Error);
        var lifted = summary.Faults[0].End;
        Assert.Contains(_session.Observations(), seen => seen.Outcome == Outcome.Completed && seen.Planned > lifted * 1e9);
        Assert.False(server.Listens());
    }

    [SkippableTheory]
    [InlineData("INT", 130)]
    [InlineData("KILL", 137)]
    public async Task Signal_InTheMiddleOfAProxyFault_LeavesNothingBroken(string signal, int code)
    {
        await using var endpoint = await ScriptedEndpoint.StartAsync();
        var file = Scenario($"type: openai, url: \"{endpoint.Url}\", model: scripted", "fault: stream.stall, with: { after: 1 }", "10m");
        var before = $"export XDG_STATE_HOME='{_session.Folder.Path}/state';";
        using var run = CommandProcess.Start(_session.Folder.Path, before, ["run", file, "--out", _session.Runs]);
        await run.UntilAsync(() => endpoint.Requests > 15, "the fault phase began");

        run.Signal(signal);

        Assert.Equal(code, await run.ExitAsync());
        using (var client = new HttpClient())
        {
            using var question = new StringContent("{}");
            using var direct = await client.PostAsync(endpoint.Url + "/chat/completions", question);
            Assert.Contains("[DONE]", await direct.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        using var heal = CommandProcess.Start(_session.Folder.Path, before, ["heal"]);
        Assert.Equal(0, await heal.ExitAsync());
        var summary = RunFolder.Rebuild(_session.RunPath).Summary;
        // A run that was killed may have lost its last second of journal, and with it that there was anything to heal.
        Assert.True(signal == "KILL" || summary.Healed == HealState.Verified, run.Error);
        Assert.NotEqual(0, summary.ExitCode);
    }

    private string Scenario(string target, string fault, string length, string recovery = "400ms")
    {
        _session.Folder.File("prompts.jsonl", """{"id":"a","prompt":"What is 6 times 7?"}""" + "\n");
        return _session.Folder.File("run.yaml", $$"""
            version: 1
            targets: { it: { {{target}} } }
            prompts: { sums: prompts.jsonl }
            scenarios:
              - workload: { open: { arrivals: constant, rate: 20/s } }
                mix: [ { prompts: sums, stream: true, maxTokens: 8 } ]
                phases: { warmUp: 0s, baseline: 600ms, fault: {{length}}, recovery: {{recovery}} }
                faults: [ { {{fault}} } ]
            """);
    }
}
