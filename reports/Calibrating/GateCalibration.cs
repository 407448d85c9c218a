using ChaosBench.Reports.Runs;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Calibrating;

/// <summary>
/// How often gates are wrong on a machine: <c>gate.json</c>, and <c>gate-calibration.json</c> of the machine. Rates are estimated by
/// drawing verdicts from recorded pairs of blocks; <see cref="Live"/> are verdicts of whole runs.
/// </summary>
public sealed record GateCalibration
{
    public const int CurrentSchema = 1;
    public const string FileName = "gate.json";

    public int Schema { get; init; } = CurrentSchema;
    public required string ToolVersion { get; init; }
    public required DateTimeOffset MeasuredUtc { get; init; }
    public required MachineFacts Machine { get; init; }
    public required string Scenario { get; init; }
    public required string ScenarioFile { get; init; }
    public required string ScenarioSha256 { get; init; }
    public required ulong Seed { get; init; }

    /// <summary>The build that was on both sides, as type and location.</summary>
    public required string Target { get; init; }

    /// <summary>Length of one version's turn, seconds; a pair takes two.</summary>
    public required double ArmSeconds { get; init; }

    /// <summary>Mean of one turn.</summary>
    public required double RequestsPerArm { get; init; }

    /// <summary>Pairs by regression; <c>same</c> are the identical builds.</summary>
    public required IReadOnlyDictionary<string, int> Recorded { get; init; }

    /// <summary>Verdicts drawn for every figure, and how many neighbouring pairs are drawn together.</summary>
    public required int Draws { get; init; }
    public required int Run { get; init; }

    public required IReadOnlyList<GateErrors> Gates { get; init; }

    /// <summary>Empty: none were taken.</summary>
    public IReadOnlyList<LiveVerdict> Live { get; init; } = [];

    /// <summary>Why it must not be relied on; empty: nothing speaks against it.</summary>
    public IReadOnlyList<string> Doubts { get; init; } = [];

    public string? ReplayCommand { get; init; }
}

/// <summary>One gate.</summary>
public sealed record GateErrors
{
    /// <summary>As written, with its margin: every rate belongs to that.</summary>
    public required string Gate { get; init; }

    public required MetricId Metric { get; init; }
    public required AggregationKind Aggregation { get; init; }
    public double Percent { get; init; }
    public required LimitKind LimitKind { get; init; }

    /// <summary>As in the objective: 0.05 for <c>+5%</c>.</summary>
    public required double Limit { get; init; }

    /// <summary><c>relative</c>, <c>pp</c> or <c>s</c>: of <see cref="GateRow.Detectable"/> and of the effects.</summary>
    public required string Unit { get; init; }

    /// <summary>By number of pairs, rising.</summary>
    public required IReadOnlyList<GateRow> Rows { get; init; }

    /// <summary>What each regression did to the metric, over all of its recorded pairs.</summary>
    public required IReadOnlyList<RegressionEffect> Effects { get; init; }

    /// <summary>The smallest number of pairs at which <see cref="GateGoals"/> hold; null: none of those tried.</summary>
    public int? Pairs { get; init; }

    /// <summary>
    /// Whether it is about the same thing: metric, quantile and kind of limit; the margin may differ. Gates under corrupted input are judged
    /// prompt by prompt, which no pair of turns says anything about.
    /// </summary>
    public bool IsAbout(Objective gate)
    {
        ArgumentNullException.ThrowIfNull(gate);
        return gate.UnderCorruption is null && gate.Metric == Metric && gate.Aggregation.Kind == Aggregation && gate.Aggregation.Percent.Equals(Percent) && gate.LimitKind == LimitKind;
    }
}

/// <summary>What is to be expected of a run with so many pairs.</summary>
/// <param name="Seconds">What they take.</param>
/// <param name="FalseFailures">Identical builds that fail.</param>
/// <param name="Inconclusive">Identical builds of which nothing is said.</param>
/// <param name="Detectable">The smallest uniform change that is found in 80 % of runs, in the gate's unit; null: not known.</param>
/// <param name="Found">By regression.</param>
public sealed record GateRow(
    int Pairs, double Seconds, DrawnRate FalseFailures, DrawnRate Inconclusive, double? Detectable, IReadOnlyList<FoundRate> Found);

/// <param name="Failed">Runs that fail, as they should.</param>
/// <param name="Passed">Runs that pass, which is worse than saying nothing.</param>
public sealed record FoundRate(string Regression, DrawnRate Failed, DrawnRate Passed);

/// <summary>A share of drawn verdicts.</summary>
/// <param name="Low">Wilson's interval, 95 %, two-sided: what the number of draws leaves open.</param>
/// <param name="From">Where the share lies when the recorded pairs are drawn again too, 95 %: what the number of pairs leaves open. Null: not asked.</param>
public sealed record DrawnRate(long Hits, long Draws, double Low, double High, double? From = null, double? To = null)
{
    public double Value => (double)Hits / Draws;
}

/// <param name="Seen">In the gate's unit; null: no number.</param>
/// <param name="Low">One-sided bounds, 95 % each.</param>
public sealed record RegressionEffect(string Regression, int Pairs, double? Seen, double? Low, double? High);

/// <summary>One whole run.</summary>
/// <param name="Regression"><c>same</c>, or what was injected.</param>
/// <param name="Verdicts">By gate: <c>pass</c>, <c>fail</c> or <c>inconclusive</c>.</param>
/// <param name="Verdict">Of the run, with everything that counts.</param>
/// <param name="Folder">Its run folder, relative to the file.</param>
public sealed record LiveVerdict(string Regression, int Pairs, string Verdict, IReadOnlyDictionary<string, string> Verdicts, string Folder);
