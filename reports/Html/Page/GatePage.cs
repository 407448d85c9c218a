using System.Globalization;
using ChaosBench.Reports.Calibrating;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Reports.Html.Page;

/// <summary>The page of a calibration of gates: the answer, a plot and a table for each gate. No script: the plots are SVG.</summary>
internal static class GatePage
{
    public static void Write(GateCalibration found, TextWriter output)
    {
        output.Write(Markup.Of($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>Error rates of the gates of {found.Scenario} · ChaosBench</title>
            <style>

            """));
        output.Write(Assets.Resource("report.css"));
        output.Write(Body(found));
    }

    private static Markup Body(GateCalibration found) => Markup.Of($"""
        </style>
        </head>
        <body>
        <header class="top"><div><span class="brand">ChaosBench</span><span class="scenario">{found.Scenario}</span>
        <nav aria-label="Sections"><ul>{found.Gates.Select((gate, at) => Markup.Of($"""<li><a href="#gate-{(long)at}">{gate.Gate}</a></li>"""))}<li><a href="#facts">Facts</a></li></ul></nav></div></header>
        <main>
        {Answer(found)}{found.Gates.Select((gate, at) => Gate(gate, at))}{Live(found)}{Facts(found)}
        </main>
        <footer>
        <p>ChaosBench {found.ToolVersion}. This page is complete in itself and loads nothing.</p>
        </footer>
        </body>
        </html>

        """);

    private static Markup Answer(GateCalibration found)
    {
        var tone = found.Doubts.Count > 0 ? "unsure" : found.Gates.All(gate => gate.Pairs is not null) ? "pass" : "unsure";
        return Markup.Of($"""
            <section class="verdict {tone}" id="verdict" aria-labelledby="answer">
            <p class="question">How often are these gates wrong on this machine?</p>
            <h1 id="answer">{(found.Doubts.Count > 0 ? "Cannot tell" : Best(found))}</h1>
            {Markup.If(found.Doubts.Count > 0, () => Markup.Of($"""<ul class="reasons">{found.Doubts.Take(50).Select(doubt => Markup.Of($"<li>{doubt}</li>"))}</ul>"""))}
            <ul class="reasons">{found.Gates.Select(gate => Markup.Of($"<li>{GateWords.Sentence(gate)} {GateWords.Goals(gate)}</li>"))}</ul>
            <p class="description">{GateWords.Label(found)}</p>
            </section>

            """);
    }

    private static string Best(GateCalibration found) => found.Gates.Select(gate => gate.Pairs).Max() is { } pairs && found.Gates.All(gate => gate.Pairs is not null)
        ? string.Create(CultureInfo.InvariantCulture, $"Rarely, with {pairs} pairs")
        : "Too often";

    private static Markup Gate(GateErrors gate, int number) => Parts.Section($"gate-{number}", gate.Gate, GateWords.Goals(gate), Markup.Of($"""
        {GatePlot.Of(gate)}
        {Table(gate)}
        <p class="note">{GateMarkdown.Ranges(gate)}</p>
        {Parts.Table("What the regressions did to the metric", ["What was done", "#Pairs", "Change, with 95 % bounds"], gate.Effects.Select(effect => Markup.Of($"""
            <tr><th scope="row">{GateWords.Regression(effect.Regression)}</th>{Parts.Number(Show.Count(effect.Pairs))}<td>{GateMarkdown.Seen(effect, gate.Unit)}</td></tr>

            """)))}
        """));

    private static Markup Table(GateErrors gate)
    {
        var kinds = gate.Rows.Count > 0 ? gate.Rows[0].Found : [];
        string[] heads =
        [
            "#Pairs", "#Time", "#Identical build fails", "#Identical build undecided",
            .. kinds.Select(kind => $"#{GateWords.Regression(kind.Regression)} fails"), "#Found in 80 %",
        ];
        var rows = gate.Rows.Select(row => Markup.Of($"""
            <tr><th scope="row" class="num">{row.Pairs}{(row.Pairs == gate.Pairs ? " ✓" : "")}</th>{Parts.Number(Wording.Duration(row.Seconds))}{Parts.Number(GateWords.Of(row.FalseFailures))}{Parts.Number(GateWords.Of(row.Inconclusive))}{row.Found.Select(kind => Parts.Number(GateWords.Of(kind.Failed)))}{Parts.Number(GateWords.Detectable(gate, row))}</tr>

            """));
        return Parts.Table("Rates by number of pairs, with Wilson's 95 % interval", heads, rows);
    }

    private static Markup Live(GateCalibration found) => Markup.If(found.Live.Count > 0, () => Parts.Section("live", "Verdicts of whole runs", "", Parts.Table(
        "Verdicts of whole runs", ["What was done", "#Pairs", "#Runs", "Gate", "#Fail", "#Inconclusive", "#Pass"],
        LiveRow.Of(found.Live).Select(row => Markup.Of($"""
            <tr><th scope="row">{GateWords.Regression(row.Regression)}</th>{Parts.Number(Show.Count(row.Pairs))}{Parts.Number(Show.Count(row.Runs))}<td>{row.Gate}</td>{Parts.Number(Show.Count(row.Failed))}{Parts.Number(Show.Count(row.Inconclusive))}{Parts.Number(Show.Count(row.Passed))}</tr>

            """)))));

    private static Markup Facts(GateCalibration found)
    {
        var machine = found.Machine;
        KeyValuePair<string, string>[] facts =
        [
            new("measured (UTC)", found.MeasuredUtc.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)),
            new("machine", $"{machine.Os}, {machine.Architecture}, .NET {machine.DotNet}"),
            new("processor", string.Create(CultureInfo.InvariantCulture, $"{machine.Cpu ?? "unknown"}, {machine.Cores} cores")),
            new("build on both sides", found.Target), new("scenario file", found.ScenarioFile), new("scenario sha-256", found.ScenarioSha256),
            new("seed", found.Seed.ToString(CultureInfo.InvariantCulture)), new("one turn", Wording.Duration(found.ArmSeconds)),
            new("requests in a turn", Wording.Number(found.RequestsPerArm)),
        ];
        return Parts.Section("facts", "Facts", "", Markup.Of($"""
            <dl class="manifest">{facts.Select(fact => Markup.Of($"<div><dt>{fact.Key}</dt><dd>{fact.Value}</dd></div>"))}</dl>
            {Markup.If(found.ReplayCommand is not null, () => Markup.Of($"<h3>Repeat it</h3><pre>{found.ReplayCommand}</pre>"))}
            """));
    }
}
