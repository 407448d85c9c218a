using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Files;
using ChaosBench.Tests.Support;

namespace ChaosBench.Tests.Harness;

/// <summary>Each preset against a model that this process serves: all of its faults meet somebody, and all are gone afterwards.</summary>
public sealed class PresetRunTests : IDisposable
{
    private readonly CommandSession _session = new();

    public static TheoryData<string> Presets => [.. FaultPresets.All.Select(preset => preset.Name)];

    public void Dispose() => _session.Dispose();

    [Theory]
    [MemberData(nameof(Presets))]
    public async Task Run_Preset_MeetsRequestsWithEachOfItsFaultsAndHeals(string preset)
    {
        var file = _session.Folder.File("preset.yaml", $$"""
            version: 1
            seed: 7
            targets:
              candidate: { type: onnx, model: {{Path.Combine(Repository.Root, "scenarios/models/triage-v1")}}, replicas: 2 }
            prompts:
              tickets: {{Path.Combine(Repository.Root, "scenarios/recorded/tickets.jsonl")}}
            scenarios:
              - rate: 20/s
                phases: { warmUp: 0s, baseline: 1s, fault: 4s, recovery: 1s }
                faults: [{ preset: {{preset}} }]
            """);

        await _session.RunAsync(file);

        var summary = _session.Summary;
        Assert.Equal(HealState.Verified, summary.Healed);
        Assert.True(summary.Faults.Count >= 2, $"{summary.Faults.Count} faults");
        Assert.All(summary.Faults, fault => Assert.True(fault.Applied > 0, $"{fault.Id} ({fault.Fault}) met nobody"));
    }

    [Fact]
    public async Task Validate_Preset_ShowsThePlainFaults()
    {
        var file = _session.Folder.File("preset.yaml", $$"""
            version: 1
            targets:
              candidate: { type: onnx, model: {{Path.Combine(Repository.Root, "scenarios/models/triage-v1")}} }
            prompts:
              tickets: {{Path.Combine(Repository.Root, "scenarios/recorded/tickets.jsonl")}}
            scenarios:
              - rate: 20/s
                faults: [{ preset: provider-outage, at: 13s, for: 8s }]
            """);

        Assert.Equal(0, await _session.CallAsync("validate", file));

        Assert.Contains("provider-outage is provider-outage-1: http.503, 13s for 2.4s, share 50%", _session.Error, StringComparison.Ordinal);
        Assert.Contains("provider-outage is provider-outage-3: stream.cut, 17.8s for 3.2s, share 40%", _session.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Describe_Preset_ShowsWhatItIsMadeOf()
    {
        Assert.Equal(0, await _session.CallAsync("faults", "describe", "edge-device"));
        Assert.Contains("3 windows  { fault: connection.reset, share: 20% }", _session.Out, StringComparison.Ordinal);
        Assert.Equal(0, await _session.CallAsync("faults", "list"));
        Assert.All(FaultPresets.All, preset => Assert.Contains(preset.Summary, _session.Out, StringComparison.Ordinal));
    }
}
