using ChaosBench.Engine;
using ChaosBench.Engine.Targets;
using ChaosBench.Harness.Baselines;
using ChaosBench.Harness.Commands;
using ChaosBench.Harness.Running.Shards;
using ChaosBench.Harness.Storing;
using ChaosBench.Harness.Telemetry;
using ChaosBench.Reports.Content;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Telemetry;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>What the operator chose for this run.</summary>
internal sealed record RunSettings
{
    public required LoadedSuite Loaded { get; init; }
    public required string OutFolder { get; init; }
    public required IRunWatcher Watcher { get; init; }

    /// <summary>The command that repeats this run, for the report.</summary>
    public required string ReplayCommand { get; init; }

    public required InconclusivePolicy Inconclusive { get; init; }

    /// <summary>Gates that do not count. Default: none.</summary>
    public IReadOnlyList<Waiver> Waivers { get; init; } = [];

    /// <summary>What is taken out of prompts and outputs before they are kept. Null: none are kept.</summary>
    public RedactionRules? Content { get; init; }

    /// <summary>The run, and every one after it, halts when this file appears; null: none was named.</summary>
    public string? StopFile { get; init; }

    /// <summary>People take part: every step is said, and faults that pause wait for them.</summary>
    public bool IsGameDay { get; init; }

    /// <summary>Whoever watches shows how long whole answers take.</summary>
    public bool WatchesEnds { get; init; }

    /// <summary>What stands in front of each target, for a regression that is known. Null: nothing, as in every ordinary run.</summary>
    public Func<TargetRole, ITarget, ITarget>? InFront { get; init; }

    /// <summary>Of the run at hand: requests carry their trace context. Null: they carry none.</summary>
    public TraceIds? Traces { get; init; }

    /// <summary>A collector that gets the telemetry of each run once it has ended. Null: none does.</summary>
    public OtlpSettings? Otlp { get; init; }

    /// <summary>Only a slice of the plan is this process's. Null: all of it.</summary>
    public Sharding? Sharding { get; init; }

    /// <summary>Earlier runs that each scenario is held against. Null: none was asked for.</summary>
    public HeldAgainst? Baseline { get; init; }

    /// <summary>Gets each run once it has ended. Null: none does.</summary>
    public StoreAddress? Store { get; init; }

    /// <summary>The terminal's keys are read while a run lives.</summary>
    public bool HasKeys { get; init; }
}

/// <summary>Shows a run to people: a live view in a terminal, plain lines elsewhere.</summary>
internal interface IRunWatcher : IProgress<RunProgress>
{
    void Started(Plan plan, string folder);

    void Ended(Summary summary, string folder);

    /// <summary>One line, now.</summary>
    void Tell(string line);

    /// <summary>Shown in place of the progress while somebody writes; null: nobody does. Only in a terminal.</summary>
    string? Prompt { get => null; set { } }
}
