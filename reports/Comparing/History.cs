using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Statistics.Trends;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Comparing;

/// <summary>Many runs of a folder over time: <c>chaosbench history --json</c>.</summary>
/// <param name="Skipped">Folders that are no run, or no whole one, and why.</param>
public sealed record RunHistory(IReadOnlyList<HistorySeries> Series, IReadOnlyList<string> Skipped)
{
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;
}

/// <summary>One number of one scenario's candidate, run by run.</summary>
/// <param name="Unit"><c>s</c>, <c>share</c> or <c>/s</c>.</param>
/// <param name="Note">Why no change was looked for. Null: it was.</param>
public sealed record HistorySeries(
    string Scenario, string Metric, string Unit, IReadOnlyList<HistoryPoint> Points, IReadOnlyList<HistoryChange> Changes, string? Note);

public sealed record HistoryPoint(string Folder, DateTimeOffset StartedUtc, double Value);

/// <summary>From one run on the number is another.</summary>
/// <param name="Folder">The first run of the new level.</param>
/// <param name="Before">Mean of the runs of the old level.</param>
/// <param name="After">Mean of the runs of the new level.</param>
/// <param name="P">By permutation; searched for among all places, so it is a hint and not a measured difference.</param>
/// <param name="What">What changed between the run before and this one.</param>
public sealed record HistoryChange(string Folder, double Before, double After, double? Relative, double P, IReadOnlyList<Change> What);

/// <summary>A run as history sees it: its manifest and its summary, not its journal.</summary>
public sealed record HistoryRun(string Folder, Manifest Manifest, Summary Summary);

/// <summary>Puts runs in order of time and looks for change points (E-divisive, <see cref="ChangePoints"/>).</summary>
public static class Histories
{
    /// <summary>Of seven runs even the clearest step has a chance of 2 in 35 by permutation: above 5 %.</summary>
    public const int FewestRuns = 8;

    /// <param name="alpha">For each series.</param>
    /// <param name="least">Changes that are a smaller share of the old level are not told: many runs show any trifle.</param>
    public static RunHistory Of(IEnumerable<HistoryRun> runs, IReadOnlyList<string> skipped, double least = 0.01, double alpha = 0.05)
    {
        var series = runs.OrderBy(run => run.Manifest.StartedUtc).ThenBy(run => run.Folder, StringComparer.Ordinal)
            .GroupBy(run => run.Manifest.Scenario, StringComparer.Ordinal)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .SelectMany(group => Numbers([.. group], least, alpha));
        return new RunHistory([.. series], skipped);
    }

    private static IEnumerable<HistorySeries> Numbers(List<HistoryRun> runs, double least, double alpha)
    {
        var values = runs.SelectMany(run => Values(run).Select(value => (Run: run, value.Name, value.Unit, value.Value)))
            .GroupBy(value => (value.Name, value.Unit)).OrderBy(group => group.Key.Name, StringComparer.Ordinal);
        foreach (var group in values)
        {
            var points = group.TakeLast(ChangePoints.Most).ToList();
            var finite = points.TrueForAll(point => double.IsFinite(point.Value));
            var note = points.Count < FewestRuns ? FormattableString.Invariant($"{points.Count} runs; a change is looked for from {FewestRuns} on")
                : finite ? null : "failures reach it in some run";
            var found = note is null ? ChangePoints.Find([.. points.Select(point => point.Value)], alpha).Value : [];
            yield return new HistorySeries(
                runs[0].Manifest.Scenario, group.Key.Name, group.Key.Unit,
                [.. points.Select(point => new HistoryPoint(point.Run.Folder, point.Run.Manifest.StartedUtc, point.Value))],
                [.. found.Where(change => change.Relative is not { } size || Math.Abs(size) >= least).Select(change => new HistoryChange(
                    points[change.Index].Run.Folder, change.Before, change.After, change.Relative, change.P,
                    Changes.Between(points[change.Index - 1].Run.Manifest, points[change.Index].Run.Manifest)))],
                note);
        }
    }

    /// <summary>Percentiles that the run's sample could bear, shares and rates; of all measured phases together.</summary>
    private static IEnumerable<(string Name, string Unit, double Value)> Values(HistoryRun run)
    {
        // What another tool printed, by its definition: other definitions are other numbers.
        foreach (var figure in (run.Manifest.Import?.Figures ?? []).Where(figure => figure.IsHeadline))
        {
            yield return ($"{figure.Statistic} {figure.Definition}", figure.Unit, figure.Value);
        }

        var name = run.Manifest.Targets.FirstOrDefault(target => target.Role == "candidate")?.Name ?? "";
        if (!run.Summary.Targets.TryGetValue(name, out var target) || !target.Phases.TryGetValue("all", out var metrics))
        {
            yield break;
        }

        foreach (var (metric, summary) in metrics.Where(metric => metric.Value.Value is not null || metric.Key is "ttft" or "e2e" or "tpot"))
        {
            foreach (var (label, value) in new[]
                { ("", summary.Value), ("p50 ", summary.P50), ("p95 ", summary.P95), ("p99 ", summary.P99) })
            {
                if (value is { } number)
                {
                    var meaning = run.Manifest.Import?.Definitions.GetValueOrDefault(metric);
                    yield return (label + (meaning ?? metric), summary.Unit, number);
                }
            }
        }
    }
}
