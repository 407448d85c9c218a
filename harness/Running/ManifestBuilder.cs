using System.Runtime.InteropServices;
using System.Text.Json;
using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Calibrating;
using ChaosBench.Harness.Provenance;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios.Files;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>Writes down what was run, on what, by what.</summary>
internal static class ManifestBuilder
{
    /// <param name="identities">By role; a target that has not started (yet) is described by its settings alone.</param>
    public static Manifest Build(
        Plan plan, RunSettings settings, DateTimeOffset started, IReadOnlyDictionary<TargetRole, TargetIdentity> identities) => new()
    {
        ToolVersion = ToolVersion.Text,
        Commit = ToolVersion.Commit,
        StartedUtc = started,
        Scenario = plan.Scenario.Name,
        ScenarioFile = settings.Loaded.Suite.Path,
        ScenarioSha256 = settings.Loaded.Suite.Sha256,
        ResolvedScenario = JsonSerializer.SerializeToElement(ScenarioSettings.Of(plan.Scenario)),
        Seed = plan.Seed,
        PlanSha256 = plan.Sha256,
        Files = plan.Files,
        Targets = [.. Roles(plan.Scenario).Select(pair => Entry(pair.Role, pair.Target, identities.GetValueOrDefault(pair.Role)))],
        Machine = Machine(),
        Calibration = CalibrationStore.Read(),
        Gates = CalibrationStore.ReadGates(Calibrated(plan.Scenario)),
        ReplayCommand = settings.ReplayCommand,
        InconclusivePolicy = settings.Inconclusive == InconclusivePolicy.Keep ? null : settings.Inconclusive.ToString().ToLowerInvariant(),
        Waivers = settings.Waivers.Count == 0 ? null : settings.Waivers,
        Packages = ToolParts.List.Versions(),
    };

    /// <summary>What a calibration is about: gates of a run of warm versions in turns, judged once, at its end.</summary>
    private static IReadOnlyList<Objective> Calibrated(Scenario scenario) =>
        scenario is { Design: ComparisonDesign.Turns, Fresh: null, UntilDecided: null }
            ? [.. scenario.Gates.Where(gate => gate.LimitKind != LimitKind.Absolute)] : [];

    /// <summary>The machine that this process runs on.</summary>
    public static MachineFacts Machine() => new(
        RuntimeInformation.OSDescription, RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant(),
        RuntimeInformation.FrameworkDescription, Cpu(), Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    private static IEnumerable<(TargetRole Role, Target Target)> Roles(Scenario scenario)
    {
        yield return (TargetRole.Candidate, scenario.Candidate);
        if (scenario.Baseline is { } baseline)
        {
            yield return (TargetRole.Baseline, baseline);
        }
    }

    private static TargetEntry Entry(TargetRole role, Target target, TargetIdentity? identity)
    {
        var name = role.ToString().ToLowerInvariant();
        return identity is not null
            ? new TargetEntry(name, identity.Name, identity.Type, identity.Location, identity.Facts)
            : target switch
            {
                Target.Onnx onnx => new TargetEntry(name, onnx.Name, "onnx", onnx.Model, new Dictionary<string, string>()),
                Target.OpenAi remote => new TargetEntry(name, remote.Name, "openai", (string)ScenarioSettings.Of(remote)["url"]!, new Dictionary<string, string>()),
                _ => throw new System.Diagnostics.UnreachableException(),
            };
    }

    private static string? Cpu()
    {
        const string Path = "/proc/cpuinfo";
        return File.Exists(Path)
            ? File.ReadLines(Path).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : null;
    }
}
