using ChaosBench.Reports.Journal;

namespace ChaosBench.Reports.Verdicts;

/// <summary>What <c>summary.json</c> holds: the whole result of one run. Names in JSON are camelCase, enum values kebab-case.</summary>
public sealed record Summary
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;
    public required string ToolVersion { get; init; }
    public required string Scenario { get; init; }
    public required ulong Seed { get; init; }
    public required string PlanSha256 { get; init; }
    public required RunVerdict Verdict { get; init; }
    public required int ExitCode { get; init; }
    public required HealState Healed { get; init; }

    /// <summary>One sentence for a manager: what was decided and why.</summary>
    public required string Headline { get; init; }

    /// <summary>Why the run as a whole cannot be trusted or did not finish, if so. Empty otherwise.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>Failures first, then what could not be decided, then what held.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    public required IReadOnlyDictionary<string, TargetSummary> Targets { get; init; }

    /// <summary><c>arrivals</c>, then one entry for each outcome, all targets together.</summary>
    public required IReadOnlyDictionary<string, long> Counts { get; init; }

    public required GeneratorSummary Generator { get; init; }
    public required IReadOnlyList<FaultSummary> Faults { get; init; }
}

public enum RunVerdict
{
    Pass,
    Fail,
    Inconclusive,
    Error,
    Aborted,
    Cancelled,
}

public enum FindingVerdict
{
    Pass,
    Fail,
    Inconclusive,
}

/// <summary>One objective, judged.</summary>
public sealed record Finding
{
    /// <summary>As written in the scenario.</summary>
    public required string Objective { get; init; }

    /// <summary><c>gate</c>, <c>guard</c>, <c>info</c>, <c>steady-state</c>, <c>fault</c>, <c>hypothesis</c> or <c>precondition</c>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>baseline</c>, <c>fault</c>, <c>recovery</c>, or <c>all</c> for the three together.</summary>
    public required string Phase { get; init; }

    public required string Target { get; init; }

    /// <summary>Base units. Null when nothing was measured; positive infinity (written as the string <c>"Infinity"</c>) when failures reach that percentile.</summary>
    public double? Observed { get; init; }

    public required double? Limit { get; init; }

    /// <summary><c>s</c>, <c>share</c>, <c>/s</c>, <c>relative</c> (to the baseline's value), or <c>pp</c>: percentage points between two shares.</summary>
    public required string Unit { get; init; }

    public required long Samples { get; init; }
    public Interval? Interval { get; init; }

    /// <summary>The baseline's value in a comparison, in the metric's own unit, which <see cref="BaselineUnit"/> names.</summary>
    public double? BaselineObserved { get; init; }

    /// <summary>Null when nothing was compared.</summary>
    public string? BaselineUnit { get; init; }

    public required FindingVerdict Verdict { get; init; }

    /// <summary>Stable, for machines: <c>held</c>, <c>broken</c>, <c>too-few-samples</c>, <c>generator-limited</c>, <c>not-measured</c>, ...</summary>
    public required string ReasonCode { get; init; }

    /// <summary>One sentence: what was seen and what would help.</summary>
    public required string Advice { get; init; }
}

/// <summary>Two-sided or one-sided bounds in the finding's unit; a missing bound is null.</summary>
/// <param name="Confidence">0.95 unless stated.</param>
/// <param name="Method">Name of the formula: <c>wilson</c>, <c>order-statistic</c>, <c>t</c>.</param>
public sealed record Interval(double? Low, double? High, double Confidence, string Method);

/// <param name="Phases">Phase name, then metric name (snake_case).</param>
public sealed record TargetSummary(IReadOnlyDictionary<string, IReadOnlyDictionary<string, MetricSummary>> Phases);

/// <summary>Missing numbers are absent from the JSON, never zero.</summary>
public sealed record MetricSummary
{
    public required long Count { get; init; }
    public required string Unit { get; init; }
    public double? P50 { get; init; }
    public double? P90 { get; init; }
    public double? P95 { get; init; }
    public double? P99 { get; init; }
    public double? Max { get; init; }
    public double? Mean { get; init; }

    /// <summary>
    /// Relative precision of the percentiles, where there were more than a million values and a histogram holds them; absent where they
    /// are exact.
    /// </summary>
    public double? Precision { get; init; }

    /// <summary>For metrics that are one number: a share or a rate.</summary>
    public double? Value { get; init; }
}

/// <summary>What the load generator says about itself.</summary>
/// <param name="DispatchLag">Seconds.</param>
/// <param name="AchievedOverPlanned">Sent over planned arrivals' rate, open workloads. Null in closed ones.</param>
/// <param name="GcPauseShare">Share of wall time in GC pauses.</param>
/// <param name="ProcessCpuCores">Mean over the run.</param>
/// <param name="Limited">What limited it, in words; empty when nothing did.</param>
public sealed record GeneratorSummary(
    MetricSummary DispatchLag, double? AchievedOverPlanned, double? GcPauseShare, double? ProcessCpuCores,
    IReadOnlyList<string> Limited);

/// <summary>One fault's accounting and recovery; durations in seconds, absent when not reached, then <see cref="Censored"/> says how long was watched.</summary>
public sealed record FaultSummary
{
    public required string Id { get; init; }
    public required string Fault { get; init; }
    public required string Vantage { get; init; }
    public required string Scope { get; init; }
    public required string Fidelity { get; init; }
    public required double Start { get; init; }
    public required double End { get; init; }
    public required long Eligible { get; init; }
    public required long Selected { get; init; }
    public required long Applied { get; init; }
    public required long Bypassed { get; init; }
    public double? TimeToImpact { get; init; }

    /// <summary>From the first bad window, or from the injection when there was none.</summary>
    public double? TimeToDetect { get; init; }

    /// <summary>From the injection: what <c>detectedWithin</c> is held against.</summary>
    public double? DetectedAfterInjection { get; init; }
    public string? DetectedBy { get; init; }

    /// <summary>Ids of other faults that the same detection may be about; null when there are none.</summary>
    public IReadOnlyList<string>? DetectionShared { get; init; }

    /// <summary>From the first bad window to the end of the last one, when the system helped itself while the fault was active.</summary>
    public double? TimeToMitigate { get; init; }
    public double? TimeToRecover { get; init; }
    public double? ResidualRecovery { get; init; }

    /// <summary>Not recovered before the run ended: residual recovery is more than this many seconds.</summary>
    public double? Censored { get; init; }

    /// <summary>Length of the windows that the times above are as coarse as, and how long the steady state must hold to count as regained.</summary>
    public double? Window { get; init; }
    public double? Hold { get; init; }
    public required string State { get; init; }
}
