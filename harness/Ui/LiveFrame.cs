using ChaosBench.Harness.Running;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Ui;

/// <summary>One second of a run. Rates a second, times in seconds; percentiles over the last 5 s.</summary>
internal sealed record LiveFrame
{
    public required double At { get; init; }
    public required string Phase { get; init; }

    /// <summary>Null where nothing is planned second by second.</summary>
    public double? Planned { get; init; }
    public required double Sent { get; init; }
    public required double Completed { get; init; }
    public required double Tokens { get; init; }
    public IReadOnlyDictionary<string, double>? Bad { get; init; }
    public required int InFlight { get; init; }
    public double? TtftP50 { get; init; }
    public double? TtftP99 { get; init; }
    public double? E2eP50 { get; init; }
    public double? E2eP99 { get; init; }
    public required int AllSent { get; init; }
    public required int AllCompleted { get; init; }
    public required int AllFailed { get; init; }
    public required IReadOnlyList<LiveFault> Faults { get; init; }
}

/// <param name="Left">Seconds to its planned end; null: past it, or nobody knows.</param>
internal sealed record LiveFault(string Id, string Kind, double? Left);

/// <summary>What is known of a run when it begins.</summary>
internal sealed record LiveStart(
    string Run, string Folder, string Scenario, string Candidate, string? Baseline, string Load, double Total,
    IReadOnlyList<LivePhase> Phases, IReadOnlyList<LivePlannedFault> Faults, double? TtftLimit, double? E2eLimit)
{
    public static LiveStart Of(Plan plan, string folder)
    {
        var scenario = plan.Scenario;
        return new LiveStart(
            Path.GetFileName(folder), Printable.Line(Path.GetFileName(folder), 160), Printable.Line(scenario.Name, 120),
            Printable.Line(scenario.Candidate.Name, 120),
            scenario.Baseline is { } baseline ? Printable.Line(baseline.Name, 120) : null, Printable.Line(RunWords.Describe(plan), 300),
            Nanos.ToSeconds(plan.End),
            [.. plan.Phases.Where(phase => phase.End > phase.Start).Select(phase => new LivePhase(Kebab.Of(phase.Phase), Nanos.ToSeconds(phase.Start), Nanos.ToSeconds(phase.End)))],
            [.. plan.Faults.Take(100).Select(fault => new LivePlannedFault(
                Printable.Line(fault.Fault.Id, 80), Printable.Line(fault.Fault.Kind, 80), Nanos.ToSeconds(fault.Start), Nanos.ToSeconds(fault.End)))],
            scenario.Objectives.Ttft?.TotalSeconds, scenario.Objectives.E2e?.TotalSeconds);
    }
}

internal sealed record LivePhase(string Name, double Start, double End);

internal sealed record LivePlannedFault(string Id, string Kind, double Start, double End);

/// <summary>The verdict.</summary>
internal sealed record LiveEnd(
    string Run, RunVerdict Verdict, int ExitCode, string Headline, IReadOnlyList<string> Reasons, IReadOnlyList<LiveFinding> Findings)
{
    public static LiveEnd Of(Summary summary, string folder) => new(
        Path.GetFileName(folder), summary.Verdict, summary.ExitCode, Printable.Line(summary.Headline),
        [.. summary.Reasons.Take(5).Select(reason => Printable.Line(reason, 400))],
        [.. summary.Findings.Take(20).Select(finding => new LiveFinding(Printable.Line(finding.Objective, 200), finding.Verdict, Printable.Line(finding.Advice, 400)))]);
}

internal sealed record LiveFinding(string Objective, FindingVerdict Verdict, string Advice);
