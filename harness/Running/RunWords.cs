using System.Diagnostics;
using System.Globalization;
using ChaosBench.Engine;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios;
using ChaosBench.Scenarios.Model;
using ChaosBench.Scenarios.Planning;

namespace ChaosBench.Harness.Running;

/// <summary>The sentences that a run says in a terminal.</summary>
internal static class RunWords
{
    public static string Describe(Plan plan) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Seconds(Nanos.ToSeconds(plan.End))}, {Load(plan)}, {plan.Faults.Count} fault(s), seed {plan.Seed}, plan {plan.Sha256[..12]}");

    public static string Describe(RunProgress progress)
    {
        var active = progress.ActiveFaults.Count == 0 ? "" : " FAULTS " + string.Join(", ", progress.ActiveFaults.Select(fault => Printable.Line(fault, 60))) + " ";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.Elapsed.TotalSeconds,4:0}/{progress.Total.TotalSeconds:0} s {progress.Phase.ToString().ToLowerInvariant(),-8}{active} " +
            $"sent {progress.Counts.Sent}, in flight {progress.InFlight}, completed {progress.Counts.Completed}, " +
            $"failed {progress.Counts.Failed}, ttft p50 {Millis(progress.TtftP50)} p99 {Millis(progress.TtftP99)}");
    }

    public static string Verdict(Summary summary) =>
        $"{summary.Verdict.ToString().ToUpperInvariant()} (exit {summary.ExitCode}): {Printable.Line(summary.Headline)}"
        + (summary.Policy is { } policy ? $" {policy}" : "");

    private static string Load(Plan plan) => plan.Scenario.Workload switch
    {
        Workload.Open => string.Create(CultureInfo.InvariantCulture, $"{plan.Arrivals.Count} requests planned"),
        Workload.Closed closed => string.Create(CultureInfo.InvariantCulture, $"{closed.Clients} clients, think time {Seconds(closed.ThinkTime.TotalSeconds)}"),
        _ => throw new UnreachableException(),
    };

    private static string Seconds(double seconds) => seconds.ToString("0.#", CultureInfo.InvariantCulture) + " s";

    /// <summary>A missing number is a dash, not a zero.</summary>
    private static string Millis(double? seconds) =>
        seconds is not { } known ? "-"
        : double.IsFinite(known) ? (known * 1000).ToString("0.#", CultureInfo.InvariantCulture) + " ms"
        : "never";
}
