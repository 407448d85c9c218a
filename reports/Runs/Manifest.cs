using System.Text.Json;
using ChaosBench.Reports.Calibrating;
using ChaosBench.Reports.Importing;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Runs;

/// <summary>What was run, on what, by what: <c>manifest.json</c>. Environment values stand in it as <c>${NAME}</c>, never resolved.</summary>
public sealed record Manifest
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;
    public required string ToolVersion { get; init; }

    /// <summary>Commit the tool was built from. Null: unknown.</summary>
    public string? Commit { get; init; }

    public required DateTimeOffset StartedUtc { get; init; }
    public required string Scenario { get; init; }

    /// <summary>As the user named it.</summary>
    public required string ScenarioFile { get; init; }
    public required string ScenarioSha256 { get; init; }

    /// <summary>The scenario with every default filled in.</summary>
    public JsonElement? ResolvedScenario { get; init; }

    public required ulong Seed { get; init; }
    public required string PlanSha256 { get; init; }

    /// <summary>SHA-256 of every data file that the plan was made from, by path.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    public required IReadOnlyList<TargetEntry> Targets { get; init; }
    public required MachineFacts Machine { get; init; }

    /// <summary>What this machine's generator was measured to manage. Null: never measured here.</summary>
    public Calibration? Calibration { get; init; }

    /// <summary>How often the gates of this scenario were found to be wrong on this machine. Null: never measured here.</summary>
    public GateQuote? Gates { get; init; }

    /// <summary>The command that repeats this run, every option spelled out. Null: not known.</summary>
    public string? ReplayCommand { get; init; }

    /// <summary>As given on the command line: <c>fail</c>, <c>warn</c> or <c>pass</c>. Null: not given.</summary>
    public string? InconclusivePolicy { get; init; }

    /// <summary>Gates that the operator lets not count. Null: none.</summary>
    public IReadOnlyList<Waiver>? Waivers { get; init; }

    /// <summary>Version of every library that the tool is made of, by name. Null: not recorded.</summary>
    public IReadOnlyDictionary<string, string>? Packages { get; init; }

    /// <summary>The shards that the run was merged from; <see cref="Machine"/> is the first one's. Null: one process made it.</summary>
    public IReadOnlyList<ShardEntry>? Shards { get; init; }

    /// <summary>The run was another tool's, read from its result files. Null: ChaosBench made it.</summary>
    public ImportFacts? Import { get; init; }
}

/// <summary>Who made a part of the load.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Run">Name of its run folder.</param>
public sealed record ShardEntry(int Number, string Run, DateTimeOffset StartedUtc, MachineFacts Machine);

/// <summary>One system under test. URLs without user-info and query.</summary>
/// <param name="Role"><c>candidate</c> or <c>baseline</c>.</param>
/// <param name="Type"><c>onnx</c> or <c>openai</c>.</param>
/// <param name="Location">URL or model path.</param>
/// <param name="Facts">Model and tokenizer SHA-256, runtime and provider versions, device, and the like.</param>
public sealed record TargetEntry(
    string Role, string Name, string Type, string Location, IReadOnlyDictionary<string, string> Facts);

/// <summary>The machine that made the load (and served, in process).</summary>
/// <param name="MemoryBytes">Physical memory, or the container's limit. Null: unknown.</param>
public sealed record MachineFacts(
    string Os, string Architecture, string DotNet, string? Cpu, int Cores, long? MemoryBytes)
{
    /// <summary>Processor, cores, architecture and system: what was measured on the one speaks of the other.</summary>
    public bool IsLike(MachineFacts other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return (Cpu, Cores, Architecture, Os) == (other.Cpu, other.Cores, other.Architecture, other.Os);
    }
}
