using System.Globalization;
using System.Text;
using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Writers;

/// <summary>A comparison of two runs for a pull request: the answer, what changed, every number with the worst first. Hostile text is escaped.</summary>
public static class ComparisonMarkdown
{
    /// <summary>A comment is cut at 64 KiB.</summary>
    private const int MostRows = 150;

    public static string Render(RunComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"## {ComparisonWords.Word(comparison.Verdict)}\n\n{Markdown.Text(comparison.Headline)}\n\n");
        Run(text, "before", comparison.Before);
        Run(text, "after", comparison.After);
        text.Append(CultureInfo.InvariantCulture, $"\n### What changed\n\n{Markdown.Text(ChangeWords.Sentence(comparison.Changes, comparison.Alike))}\n");
        Changes(text, comparison.Changes);
        if (comparison.Doubts.Count > 0)
        {
            text.Append("\n### Why this decides nothing\n\n");
            comparison.Doubts.Take(MostRows).ToList().ForEach(doubt => text.Append(CultureInfo.InvariantCulture, $"- {Markdown.Text(doubt)}\n"));
        }

        Numbers(text, comparison);
        return text.ToString();
    }

    private static void Changes(StringBuilder text, IReadOnlyList<Change> changes)
    {
        if (changes.Count == 0)
        {
            return;
        }

        text.Append("\n| | what | before | after |\n|---|---|---|---|\n");
        foreach (var change in changes.Take(MostRows))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {ChangeWords.KindOf(change.What)} | {Markdown.Text(ChangeWords.NameOf(change.Where))} | ")
                .Append(CultureInfo.InvariantCulture, $"{Markdown.Code(ChangeWords.ValueOf(change.Before))} | {Markdown.Code(ChangeWords.ValueOf(change.After))} |\n");
        }

        More(text, changes.Count);
    }

    private static void Numbers(StringBuilder text, RunComparison comparison)
    {
        text.Append("\n### Every number, the worst first\n\n");
        text.Append("| | metric | phase | before | after | change | 95 % from | to | worth |\n|---|---|---|---:|---:|---:|---:|---:|---:|\n");
        foreach (var metric in comparison.Metrics.Take(MostRows))
        {
            string Bound(double? value) => value is { } known ? ComparisonWords.Value(metric, known) : "";
            var note = ComparisonWords.Note(metric) is { Length: > 0 } said ? $" ({said})" : "";
            text.Append(CultureInfo.InvariantCulture, $"| {Mark(metric.Verdict)} {ComparisonWords.Side(metric)} | {Markdown.Text(metric.Metric)}{note} | {metric.Phase} | ")
                .Append(CultureInfo.InvariantCulture, $"{ComparisonWords.Number(metric.Before, metric.Unit)} | {ComparisonWords.Number(metric.After, metric.Unit)} | ")
                .Append(CultureInfo.InvariantCulture, $"{Bound(metric.Change)} | {Bound(metric.Low)} | {Bound(metric.High)} | {metric.WorthBefore:0} / {metric.WorthAfter:0} |\n");
        }

        More(text, comparison.Metrics.Count);
        text.Append(CultureInfo.InvariantCulture, $"\n{Markdown.Text(ComparisonWords.Terms(comparison))}\n");
    }

    private static void Run(StringBuilder text, string name, ComparedRun run) => text.Append(CultureInfo.InvariantCulture,
        $"- {name}: {Markdown.Code(run.Folder)}, {Markdown.Text(run.Target)} in {Markdown.Text(run.Scenario)}, {run.StartedUtc.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, "
        + $"{run.Requests} requests, {Kebab.Of(run.Verdict)}\n");

    private static void More(StringBuilder text, int all) =>
        text.Append(all > MostRows ? FormattableString.Invariant($"\n{all - MostRows} more are not shown.\n") : "");

    private static string Mark(FindingVerdict verdict) => verdict switch { FindingVerdict.Pass => "✅", FindingVerdict.Fail => "❌", _ => "❔" };
}
