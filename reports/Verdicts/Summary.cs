using ChaosBench.Reports.Importing;
using ChaosBench.Reports.Journal;
using ChaosBench.Scenarios.Model;

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

    /// <summary>What <c>--inconclusive</c> did to the exit code. Null: nothing.</summary>
    public string? Policy { get; init; }

    /// <summary>Failures first, then what could not be decided, then what held.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    public required IReadOnlyDictionary<string, TargetSummary> Targets { get; init; }

    /// <summary><c>arrivals</c>, then one entry for each outcome, all targets together.</summary>
    public required IReadOnlyDictionary<string, long> Counts { get; init; }

    public required GeneratorSummary Generator { get; init; }
    public required IReadOnlyList<FaultSummary> Faults { get; init; }

    /// <summary>How two versions were compared. Absent for a run of one.</summary>
    public ComparisonSummary? Comparison { get; init; }

    /// <summary>The steady state before, while and after faults were active. Absent when none was injected.</summary>
    public HypothesisSummary? Hypothesis { get; init; }

    /// <summary>The run was another tool's: what its numbers mean, and what it published itself. Absent for ChaosBench's own.</summary>
    public ImportFacts? Import { get; init; }
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

    /// <summary><c>gate</c>, <c>guard</c>, <c>info</c>, <c>steady-state</c>, <c>fault</c>, <c>baseline</c>, <c>hypothesis</c> or <c>precondition</c>.</summary>
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

    /// <summary>
    /// Chance of something this bad or worse if the truth lay on the limit; null where the finding is a count of what happened and not a
    /// conclusion from a sample.
    /// </summary>
    public double? Chance { get; init; }

    /// <summary>The same, corrected for the number of gates (Holm). A gate fails when it is at most 5 %. Null: not a gate.</summary>
    public double? CorrectedChance { get; init; }

    /// <summary>Corruptions or groups that were judged one by one; the finding shows the worst. Absent: it is one whole.</summary>
    public IReadOnlyList<FindingPart>? Parts { get; init; }

    /// <summary>Pairs of blocks more that would decide a comparison if they look like those there are. Null: decided, or no number would.</summary>
    public long? MorePairs { get; init; }

    /// <summary>Who lets it not count. Null: nobody.</summary>
    public Waiver? Waiver { get; init; }

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

/// <summary>One corruption or group of a finding, in the finding's unit.</summary>
/// <param name="Samples">Prompts or pairs that it rests on.</param>
/// <param name="CorrectedChance">Of something this bad if the truth lay on the limit, corrected for the number of parts (Holm).</param>
public sealed record FindingPart(string Name, long Samples, double? Observed, double? Low, double? High, FindingVerdict Verdict, double? CorrectedChance);

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

    /// <summary>From its order to its first application.</summary>
    public double? InjectionLag { get; init; }

    /// <summary>Who said that it was dealt with, and how long after the first bad window.</summary>
    public string? MitigatedBy { get; init; }
    public double? TimeToMitigationReport { get; init; }

    /// <summary>Nobody noticed it: time to detect, counted from the injection, is more than this.</summary>
    public double? UndetectedFor { get; init; }

    /// <summary>Time to mitigate is more than this.</summary>
    public double? NotMitigatedFor { get; init; }

    /// <summary>Time to recover is more than this.</summary>
    public double? NotRecoveredFor { get; init; }

    /// <summary>Who detected it: <c>system</c>, <c>probe</c> of the harness, <c>human</c>, or <c>external</c> to both.</summary>
    public string? DetectedByKind { get; init; }

    public ImpactSummary? Impact { get; init; }
    public CanarySummary? Canaries { get; init; }

    /// <summary>Length of the windows that the times above are as coarse as, and how long the steady state must hold to count as regained.</summary>
    public double? Window { get; init; }
    public double? Hold { get; init; }
    public required string State { get; init; }
}

/// <summary>What one fault cost; definitions in docs/metrics.md. Shares are 0 to 1; <c>span</c> is seconds.</summary>
public sealed record ImpactSummary
{
    public required double Span { get; init; }

    /// <summary>True: it never recovered while it was watched, and every amount here is a lower bound.</summary>
    public required bool Censored { get; init; }
    public required long Offered { get; init; }
    public required long Bad { get; init; }
    public double? GoodputLost { get; init; }
    public double? GoodputLostShare { get; init; }
    public double? Slo { get; init; }
    public double? BurnRate { get; init; }
    public double? BudgetMinutes { get; init; }
    public double? BudgetShareOf30Days { get; init; }
    public double? BlastRadiusIntended { get; init; }
    public double? BlastRadiusObserved { get; init; }
    public double? BystanderHarm { get; init; }
    public long? Bystanders { get; init; }
    public double? Containment { get; init; }
    public double? Amplification { get; init; }
    public required long WastedTokens { get; init; }
    public double? WastedCost { get; init; }

    /// <summary>Share of eligible units really changed, beside the share that was asked for.</summary>
    public double? Exposure { get; init; }
    public Interval? ExposureInterval { get; init; }
    public required double ExposureConfigured { get; init; }
}

/// <param name="SilentlyWrong">Prompts always right before and wrong while it was active.</param>
/// <param name="Paired">Prompts always right before and asked again afterwards.</param>
/// <param name="Spoilt">Of these, ids of those that were wrong afterwards; the first twenty.</param>
public sealed record CanarySummary(
    CanaryShare Before, CanaryShare During, CanaryShare After, int SilentlyWrong, int Paired, IReadOnlyList<string> Spoilt);

public sealed record CanaryShare(int Asked, int Right);

/// <param name="Text">The steady state in words.</param>
/// <param name="Declared">False: the scenario states none, and this is the default.</param>
/// <param name="Window">Seconds.</param>
/// <param name="BrokenSince">The last windows were bad: seconds from the end of the last fault to the end of the run's last window.</param>
public sealed record HypothesisSummary(
    string Text, bool Declared, double Window, WindowSummary Before, WindowSummary During, WindowSummary After, double? BrokenSince);

/// <param name="Windows">Windows with requests.</param>
/// <param name="LongestBreak">Seconds.</param>
public sealed record WindowSummary(int Windows, int Held, double LongestBreak);
