using ChaosBench.Harness;
using ChaosBench.Harness.Commands;
using ChaosBench.Reports.Runs;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>What <c>isolation</c> changes for faults on nodes, seen through the command.</summary>
public sealed class IsolationTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_FreezeWithTaskIsolation_RefusesAndSaysWhatToWrite()
    {
        Assert.Equal(4, await RunAsync(Scenario("task", "node.freeze")));

        Assert.Contains(
            OperatingSystem.IsLinux() ? "write isolation: process at target 'stable'" : "only Linux", _error.ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Run_FreezeAndKillOfWorkers_AreRealDetectedAndHealed()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "freezing needs Linux");
        var file = Scenario("process", "node.freeze, select: { replica: 0 } }, { at: 3s, for: 500ms, fault: node.kill, select: { replica: 1 }");

        Assert.True(await RunAsync(file) == 0, _error.ToString());

        var run = Directory.EnumerateDirectories(Path.Combine(_folder.Path, "runs")).First(path => !path.EndsWith("latest", StringComparison.Ordinal));
        var summary = RunFolder.Rebuild(run).Summary;
        Assert.Equal("Verified", summary.Healed.ToString());
        Assert.Equal(["node.freeze", "node.kill"], summary.Faults.Select(fault => fault.Fault));
        Assert.All(summary.Faults, fault => Assert.Equal(("real", "healed"), (fault.Fidelity, fault.State)));
        Assert.All(summary.Faults, fault => Assert.NotNull(fault.TimeToDetect));
    }

    private string Scenario(string isolation, string faults) => _folder.File("s.yaml", $$"""
        version: 1
        targets: { stable: { model: {{Repository.Path("scenarios", "models", "triage-v1")}}, device: cpu, isolation: {{isolation}} } }
        prompts: { tickets: { generated: support-ticket } }
        scenarios:
          - target: stable
            rate: 15/s
            mix: [{ prompts: tickets, maxTokens: 8 }]
            phases: { warmUp: 0s, baseline: 500ms, fault: 4s, recovery: 500ms }
            faults: [{ at: 500ms, for: 2s, fault: {{faults}} }]
        """);

    private Task<int> RunAsync(string file) => CommandLine.RunAsync(
        ["run", file, "--out", Path.Combine(_folder.Path, "runs")], new Terminal(_out, _error), TimeProvider.System);
}
