using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Comparing;

/// <summary>
/// Two finished runs, candidate beside candidate. First what changed, then each number with its interval against a margin: worse, not
/// worse, or cannot tell. Latencies: order-statistic intervals at the effective number of values, put together by MOVER on logarithms (Zou and
/// Donner 2008). Shares: Newcombe's interval, pair by pair where both runs had the same plan. A "worse" must stand Bonferroni's
/// correction over the metrics that count; one kind of failure among all is shown and does not. One run each: what differs from run to run of one version is in no interval, which interleaved blocks
/// (targets: { baseline, candidate }) are for.
/// </summary>
public static class Comparer
{
    private const double Confidence = AbsoluteJudge.Confidence;

    /// <param name="before">Folder as the user named it, and what was read there.</param>
    /// <param name="margin">Share by which a latency may grow.</param>
    /// <param name="points">By how much a share may get worse, 0.01 for one point.</param>
    public static RunComparison Compare(
        (string Folder, RunReport Run) before, (string Folder, RunReport Run) after, double margin = 0.05, double points = 0.01)
    {
        var (one, other) = (before.Run, after.Run);
        var changes = Changes.Between(one.Manifest, other.Manifest);
        var meanings = new Meanings(one, other);
        var samePlan = one.Manifest.PlanSha256 == other.Manifest.PlanSha256;
        var phases = one.Measurements.Windows.Concat(other.Measurements.Windows).Select(window => window.Phase)
            .Where(phase => phase != Phase.WarmUp).Distinct().Order().ToList();
        var kinds = one.Measurements.Requests.Concat(other.Measurements.Requests).Select(request => request.Outcome)
            .Where(outcome => outcome != Outcome.Completed && !Outcomes.IsCensored(outcome)).Distinct().Order().ToList();
        var aspects = new Phase?[] { null }.Concat(phases.Count > 1 ? phases.Select(phase => (Phase?)phase) : [])
            .SelectMany(phase => Aspect.In(phase, kinds)).ToList();
        var pairs = aspects.Select(aspect => (Aspect: aspect, Before: Samples.Of(one.Measurements, aspect), After: Samples.Of(other.Measurements, aspect)))
            .Where(pair => pair.Before.Values.Length + pair.After.Values.Length > 0 && !meanings.IsUntold(pair.Aspect.Metric)).ToList();
        var judge = new MetricJudge(margin, points, 1 - ((1 - Confidence) / Math.Max(1, pairs.Count(pair => pair.Aspect.Counts))), samePlan);
        var metrics = WorstFirst.Sort(
            pairs.Select(pair => meanings.Refused(pair.Aspect, pair.Before, pair.After) ?? judge.Decide(pair.Aspect, pair.Before, pair.After)), margin, points);
        var counted = metrics.Where(metric => metric.Counts).ToList();
        var doubts = Doubts(before, after, changes).Concat(meanings.Doubts()).ToList();

        if (meanings.IsOfAnswersAlone && !metrics.Exists(metric => metric.Verdict == FindingVerdict.Fail))
        {
            doubts.Add("Answered requests alone are in the files: a run that failed more of them looks better here.");
        }

        // Worse in one phase is worse; but a phase is part of the whole, and what it is too short to tell the whole may.
        var whole = counted.Where(metric => metric.Phase == Summaries.NameOf(null)).ToList();
        var verdict = doubts.Count > 0 ? FindingVerdict.Inconclusive
            : counted.Exists(metric => metric.Verdict == FindingVerdict.Fail) ? FindingVerdict.Fail
            : whole.Count == 0 || whole.Exists(metric => metric.Verdict == FindingVerdict.Inconclusive) ? FindingVerdict.Inconclusive
            : FindingVerdict.Pass;
        return new RunComparison
        {
            Before = Facts(before),
            After = Facts(after),
            Changes = changes,
            Alike = Changes.Alike(one.Manifest, other.Manifest),
            Doubts = doubts,
            SamePlan = samePlan,
            Margin = margin,
            Points = points,
            Verdict = verdict,
            Headline = ComparisonWords.Headline(verdict, counted, doubts),
            Metrics = metrics,
            Figures = meanings.Figures() is { Count: > 0 } figures ? figures : null,
        };
    }

    private static ComparedRun Facts((string Folder, RunReport Run) of) => new(
        of.Folder, of.Run.Manifest.Scenario, of.Run.Measurements.Candidate, of.Run.Manifest.StartedUtc, of.Run.Summary.Verdict, of.Run.Measurements.Requests.Count);

    private static IEnumerable<string> Doubts(
        (string Folder, RunReport Run) before, (string Folder, RunReport Run) after, IReadOnlyList<Change> changes)
    {
        foreach (var (folder, run) in new[] { before, after })
        {
            if (run.Summary.Verdict is RunVerdict.Error or RunVerdict.Aborted or RunVerdict.Cancelled)
            {
                yield return $"{folder} did not go to its end: {run.Summary.Headline}";
            }
            else if (run.Summary.Generator.Limited.Count > 0)
            {
                yield return $"{folder}: {run.Summary.Generator.Limited[0]}";
            }
        }

        string[] load = ["workload", "mix", "phases", "faults", "objectives"];
        var loads = changes.Where(change => change.What == "scenario" && load.Any(part => change.Where.StartsWith(part, StringComparison.Ordinal))).ToList();
        if (loads.Count > 0)
        {
            yield return $"The runs were not asked the same: {string.Join(", ", loads.Take(5).Select(change => change.Where))} changed.";
        }

        var machine = changes.Where(change => change is { What: "machine", Where: "processor" or "cores" or "architecture" }).ToList();
        if (machine.Count > 0)
        {
            yield return $"The machines differ: {string.Join(", ", machine.Select(change => change.Where))}.";
        }

        if (changes.Any(change => change.What == "data"))
        {
            yield return "The prompts came from files that changed.";
        }
    }
}
