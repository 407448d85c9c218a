using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Capacity;

/// <summary>What <c>capacity.json</c> holds: every probe of a search, and what was found. Rates are per second, times in seconds.</summary>
public sealed record CapacityReport
{
    public const int CurrentSchema = 1;
    public const string FileName = "capacity.json";

    public int Schema { get; init; } = CurrentSchema;
    public required string ToolVersion { get; init; }
    public required DateTimeOffset StartedUtc { get; init; }
    public required string Scenario { get; init; }
    public required string ScenarioFile { get; init; }
    public required string ScenarioSha256 { get; init; }
    public required ulong Seed { get; init; }

    /// <summary>Share of requests that must be good.</summary>
    public required double Attainment { get; init; }

    public required RequestObjectives Objectives { get; init; }
    public required double Precision { get; init; }
    public required double From { get; init; }
    public required double To { get; init; }

    /// <summary><c>pass</c>: every series came to an answer. <c>fail</c>: a target does not meet the objectives at any rate tried.</summary>
    public required RunVerdict Verdict { get; init; }

    public required int ExitCode { get; init; }
    public required string Headline { get; init; }

    /// <summary>First with all nodes, then with one lost, for each target.</summary>
    public required IReadOnlyList<CapacitySeries> Series { get; init; }

    public required MachineFacts Machine { get; init; }
    public string? ReplayCommand { get; init; }

    /// <summary>What the reader has to know to judge the figures. Empty: nothing.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}

/// <summary>One search.</summary>
public sealed record CapacitySeries
{
    public required string Target { get; init; }

    /// <summary>Where they are known: those of the target in this process.</summary>
    public int? Replicas { get; init; }

    public required int LostNodes { get; init; }
    public required CapacityEnding Ending { get; init; }

    /// <summary>The highest rate that holds; null: none was found.</summary>
    public double? Capacity { get; init; }

    /// <summary>The lowest rate that did not hold; null: every one did.</summary>
    public double? Above { get; init; }

    /// <summary>One sentence.</summary>
    public required string Sentence { get; init; }

    public required HealState Healed { get; init; }
    public required IReadOnlyList<CapacityProbe> Probes { get; init; }
}

/// <summary>One short run at one rate. Latencies count from the planned instant; what failed is infinitely late.</summary>
public sealed record CapacityProbe
{
    public required double Rate { get; init; }
    public required ProbeVerdict Verdict { get; init; }
    public required string Why { get; init; }

    /// <summary>Length without the warm-up.</summary>
    public required double Seconds { get; init; }

    /// <summary>Judged requests.</summary>
    public required int Attempted { get; init; }

    public required int Good { get; init; }
    public double? Attainment { get; init; }

    /// <summary>Wilson interval, 95 %, two-sided.</summary>
    public double? AttainmentLow { get; init; }
    public double? AttainmentHigh { get; init; }

    /// <summary>Good answers per second, by the time when they came: what an overloaded target still delivers.</summary>
    public double? Goodput { get; init; }

    /// <summary>Null where nothing streams.</summary>
    public MetricSummary? Ttft { get; init; }

    public MetricSummary? E2e { get; init; }
    public MetricSummary? DispatchLag { get; init; }

    /// <summary>Requests under way at the end less those at the start.</summary>
    public required int QueueGrowth { get; init; }

    public required IReadOnlyDictionary<string, int> Outcomes { get; init; }

    /// <summary>Its run folder, relative to the file.</summary>
    public string Folder { get; init; } = "";
}
