using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>Each exit code once from the real process, as CI sees it; 130 is in <see cref="EndingTests"/>.</summary>
public sealed class ExitCodeTests : IAsyncLifetime, IDisposable
{
    private readonly CommandSession _session = new();
    private ScriptedEndpoint _endpoint = null!;

    public async Task InitializeAsync() => _endpoint = await ScriptedEndpoint.StartAsync();

    public async Task DisposeAsync() => await _endpoint.DisposeAsync();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("error_rate <= 90%", "candidate: here", 0)]
    [InlineData("accuracy >= 90%", "candidate: here", 1)]
    [InlineData("error_rate <= 90%", "candidate: gone", 1)]
    [InlineData("p99 e2e < 30s", "candidate: here", 2)]
    [InlineData("error_rate <= 90%", "baseline: gone, candidate: here", 3)]
    [InlineData("error_rate <= 90", "candidate: here", 4)]
    public async Task Run_AsAProcess_ExitsWithTheCodeOfItsVerdict(string gate, string targets, int expected)
    {
        _endpoint.Answer = "41";

        using var run = CommandProcess.Start(_session.Folder.Path, "run", Scenario(gate, targets), "--out", _session.Runs, "--json");

        Assert.Equal(expected, await run.ExitAsync());
        if (expected == 4)
        {
            Assert.Empty(run.Output.Trim());
            Assert.False(Directory.Exists(_session.Runs));
            return;
        }

        Assert.Equal(expected, _session.Summary.ExitCode);
        Assert.Equal(0, await _session.CallAsync("report", _session.RunPath));
    }

    [Fact]
    public async Task Command_MisspeltAsAProcess_ExitsFourAndSaysSoOnStandardErrorOnly()
    {
        using var process = CommandProcess.Start(_session.Folder.Path, "rnu");

        Assert.Equal(4, await process.ExitAsync());
        Assert.Empty(process.Output.Trim());
        Assert.Contains("rnu", process.Error, StringComparison.Ordinal);
    }

    private string Scenario(string gate, string targets)
    {
        _session.Folder.File("prompts.jsonl", """{"prompt":"What is 6 times 7?","expected":"42"}""" + "\n");
        return _session.Folder.File("codes.yaml", $$"""
            version: 1
            seed: 7
            targets:
              here: { type: openai, url: "{{_endpoint.Url}}", model: scripted }
              gone: { type: openai, url: "http://127.0.0.1:9/v1", model: scripted }
            prompts: { sums: prompts.jsonl }
            scenarios:
              - name: codes
                targets: { {{targets}} }
                workload: { open: { arrivals: constant, rate: 30/s } }
                phases: { warmUp: 0s, baseline: 1s }
                # The generator may be late by a twentieth of the tightest objective: a busy machine does not spoil the verdict.
                objectives: { e2e: 60s }
                gates: ["{{gate}}"]
            """);
    }
}
