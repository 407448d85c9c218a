using System.Globalization;
using ChaosBench.Reports.Comparing;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Html.Page;

/// <summary>The page of a comparison: the answer, what changed, every number. Tables alone, so that it needs no script.</summary>
internal static class ComparisonPage
{
    private static readonly string[] Heads = ["", "Metric", "Phase", "#Before", "#After", "#Change", "#95 % from", "#to", "#Worth before", "#after"];

    public static void Write(RunComparison comparison, TextWriter output)
    {
        output.Write(Markup.Of($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>{comparison.Before.Target} and {comparison.After.Target} · ChaosBench</title>
            <style>

            """));
        output.Write(Assets.Resource("report.css"));
        output.Write(Markup.Of($"""
            </style>
            </head>
            <body>
            <header class="top"><div><span class="brand">ChaosBench</span><span class="scenario">{comparison.After.Scenario}</span></div></header>
            <main>
            {Answer(comparison)}{What(comparison)}{Numbers(comparison)}
            </main>
            <footer><p>This page is complete in itself and loads nothing.</p></footer>
            </body>
            </html>

            """));
    }

    private static Markup Answer(RunComparison comparison) => Markup.Of($"""
        <section class="verdict {Tone(comparison.Verdict)}" id="verdict" aria-labelledby="answer">
        <p class="question">Is the second run worse than the first?</p>
        <h1 id="answer"><span class="mark">{Parts.Icon(Tone(comparison.Verdict))}</span>{Word(comparison.Verdict)}</h1>
        <p class="headline">{AbsoluteJudge.Capital(comparison.Headline)}</p>
        {Markup.If(comparison.Doubts.Count > 1, () => Markup.Of($"""<ul class="reasons">{comparison.Doubts.Select(doubt => Markup.Of($"<li>{doubt}</li>"))}</ul>"""))}
        <dl class="facts">{Run("Before", comparison.Before)}{Run("After", comparison.After)}</dl>
        </section>

        """);

    private static Markup Run(string name, ComparedRun run) => Markup.Of($"""
        <div><dt>{name}</dt><dd>{run.Target} in {run.Scenario}<br>{run.StartedUtc.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC, {Show.Count(run.Requests)} requests, {Show.Words(Kebab.Of(run.Verdict))}<br><code>{run.Folder}</code></dd></div>
        """);

    private static Markup What(RunComparison comparison) => Parts.Section(
        "changes", "What changed", "From the manifests of both runs.", ChangeTable.Of(comparison.Changes, comparison.Alike, "Before", "After"));

    private static Markup Numbers(RunComparison comparison) => Parts.Section(
        "numbers", "Every number, the worst first", ComparisonWords.Terms(comparison), Parts.Table("Numbers of both runs", Heads, comparison.Metrics.Select(Row)));

    private static Markup Row(MetricComparison metric) => Markup.Of($"""
        <tr><td>{Parts.Chip(Tone(metric.Verdict), ComparisonWords.Side(metric))}</td><th scope="row">{metric.Metric}{Markup.If(ComparisonWords.Note(metric).Length > 0, () => Markup.Of($"""<span class="sub block">{ComparisonWords.Note(metric)}</span>"""))}</th><td>{metric.Phase}</td>{Parts.Number(Show.Value(metric.Before, metric.Unit))}{Parts.Number(Show.Value(metric.After, metric.Unit))}{Change(metric, metric.Change)}{Change(metric, metric.Low)}{Change(metric, metric.High)}{Parts.Number(Show.Count((long)metric.WorthBefore))}{Parts.Number(Show.Count((long)metric.WorthAfter))}</tr>

        """);

    private static Markup Change(MetricComparison metric, double? value) =>
        Parts.Number(metric.Unit == "share" ? Show.Value(value * 100, "pp") : Show.Value(value, "relative"));

    private static string Tone(FindingVerdict verdict) => verdict switch { FindingVerdict.Pass => "pass", FindingVerdict.Fail => "fail", _ => "unsure" };

    private static string Word(FindingVerdict verdict) => verdict switch { FindingVerdict.Pass => "No", FindingVerdict.Fail => "Yes", _ => "Cannot tell" };
}
