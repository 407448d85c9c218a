using System.Globalization;
using System.Text.Json;
using ChaosBench.Reports.Capacity;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Html.Page;

/// <summary>The page of a capacity search: the figures, the curves, every probe.</summary>
internal static class CapacityPage
{
    private static readonly JsonSerializerOptions Plot = new(JsonSerializerDefaults.Web);

    public static void Write(CapacityReport report, TextWriter output)
    {
        var charts = Assets.Resource("echarts.min.js");
        var script = Assets.Resource("capacity.js");
        output.Write(Markup.Of($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '{Assets.Hash(charts)}' '{Assets.Hash(script)}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>Capacity of {report.Scenario} · ChaosBench</title>
            <style>

            """));
        output.Write(Assets.Resource("report.css"));
        output.Write(Body(report));
        output.Write(JsonSerializer.Serialize(Data(report), Plot));
        output.Write("</script>\n<script>");
        output.Write(charts);
        output.Write("</script>\n<script>");
        output.Write(script);
        output.Write("</script>\n</body>\n</html>\n");
    }

    private static Markup Body(CapacityReport report) => Markup.Of($"""
        </style>
        </head>
        <body>
        <header class="top"><div><span class="brand">ChaosBench</span><span class="scenario">{report.Scenario}</span>
        <nav aria-label="Sections"><ul><li><a href="#curves">Curves</a></li><li><a href="#probes">Probes</a></li><li><a href="#facts">Facts</a></li></ul></nav>
        <button type="button" id="theme" aria-label="Colours: as the system">Colours</button></div></header>
        <noscript><p class="noscript">The charts need JavaScript. Every number in them is in the tables too.</p></noscript>
        <main>
        {Answer(report)}{Curves(report)}{Probes(report)}{Facts(report)}
        </main>
        <footer>
        <p>ChaosBench {report.ToolVersion}. This page is complete in itself and loads nothing.</p>
        {Assets.Notice()}
        </footer>
        <script type="application/json" id="plot-data">
        """);

    private static Markup Answer(CapacityReport report) => Markup.Of($"""
        <section class="verdict {Tone(report.Verdict)}" id="verdict" aria-labelledby="answer">
        <p class="question">How many requests per second may be asked of it?</p>
        <h1 id="answer">{Best(report)}<span class="word">{Show.Words(Kebab.Of(report.Verdict))}</span></h1>
        <p class="headline">{report.Headline}</p>
        {Markup.If(report.Remarks.Count > 0, () => Markup.Of($"""<ul class="reasons">{report.Remarks.Select(remark => Markup.Of($"<li>{remark}</li>"))}</ul>"""))}
        <p class="description">A rate holds when {Show.Share(report.Attainment)} of its requests are good: {CapacityMarkdown.Good(report)}.</p>
        </section>

        """);

    private static Markup Curves(CapacityReport report) => Parts.Section("curves", "What happens as the rate rises",
        "Every point is one probe: a short open-loop run, Poisson arrivals, the scenario's own mix. Vertical lines: the capacity found.", Markup.Of($"""
        <ul class="cards">
        {report.Series.Select(Card)}
        </ul>
        <p class="tools"><label><input type="checkbox" id="log-scale"> logarithmic latency axis</label></p>
        {Parts.Chart("latency", Streams(report) ? "Time to first token" : "Time to the whole answer", "Line chart of p50 and p99 latency by request rate; the tables below have the numbers.", "from the planned instant; probes with too few requests for a p99 have none, and one that is infinite is not drawn")}
        {Parts.Chart("attainment", "Good requests", "Chart of the share of good requests by request rate, with 95 % intervals; the tables below have the numbers.", "share of all attempted, with 95 % interval; hollow: the rate did not hold")}
        {Parts.Chart("goodput", "Goodput", "Line chart of good requests per second by request rate; the tables below have the numbers.", "good answers per second, by the time when they came; dotted: as many as were asked")}
        """));

    private static Markup Card(CapacitySeries series) => Markup.Of($"""
        <li><h3>{CapacityWords.Name(series)}</h3><p class="figure">{Rate(series.Capacity)}</p><p class="note">{series.Sentence}</p></li>

        """);

    private static Markup Probes(CapacityReport report) => Parts.Section("probes", "Every probe", "", Markup.Of($"""
        {report.Series.Select(Table)}
        """));

    private static Markup Table(CapacitySeries series)
    {
        string[] heads =
        [
            "#Rate", "", "#Good", "#95 % interval", "#Goodput", "#ttft p50", "#ttft p99", "#e2e p50", "#e2e p99", "#lag p99", "#Requests", "Why",
        ];
        var rows = series.Probes.OrderBy(probe => probe.Rate).Select(probe => Markup.Of($"""
            <tr><th scope="row" class="num">{Rate(probe.Rate)}</th><td>{Chip(probe.Verdict)}</td>{Parts.Number(Show.Share(probe.Attainment))}{Parts.Number(Interval(probe))}{Parts.Number(Rate(probe.Goodput))}{Parts.Number(Show.Seconds(probe.Ttft?.P50))}{Parts.Number(Show.Seconds(probe.Ttft?.P99))}{Parts.Number(Show.Seconds(probe.E2e?.P50))}{Parts.Number(Show.Seconds(probe.E2e?.P99))}{Parts.Number(Show.Seconds(probe.DispatchLag?.P99))}{Parts.Number(Show.Count(probe.Attempted))}<td class="advice">{probe.Why}</td></tr>

            """));
        return Parts.Table(CapacityWords.Name(series), heads, rows);
    }

    private static Markup Facts(CapacityReport report)
    {
        var machine = report.Machine;
        KeyValuePair<string, string>[] facts =
        [
            new("scenario file", report.ScenarioFile), new("scenario sha-256", report.ScenarioSha256),
            new("seed", report.Seed.ToString(CultureInfo.InvariantCulture)),
            new("started (UTC)", report.StartedUtc.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)),
            new("precision", Show.Share(report.Precision)), new("machine", $"{machine.Os}, {machine.Architecture}, .NET {machine.DotNet}"),
            new("processor", string.Create(CultureInfo.InvariantCulture, $"{machine.Cpu ?? "unknown"}, {machine.Cores} cores")),
        ];
        return Parts.Section("facts", "Facts", "", Markup.Of($"""
            <p class="note">A probe passes when a sequential test (Wald, both errors 5 %) takes the share of bad requests to be half of what is allowed or
            less, after at least 5 s and 299 requests and with a queue that does not grow; it fails as soon as the test takes it to be more than
            is allowed, or when the queue only grows. Bad requests that come together count for fewer (design effect). The rate that was found
            held twice, with different arrivals, the second time for twice as long.</p>
            <dl class="manifest">{facts.Select(fact => Markup.Of($"<div><dt>{fact.Key}</dt><dd>{fact.Value}</dd></div>"))}</dl>
            {Markup.If(report.ReplayCommand is not null, () => Markup.Of($"<h3>Repeat it</h3><pre>{report.ReplayCommand}</pre>"))}
            """));
    }

    private static object Data(CapacityReport report) => new
    {
        Asked = report.Attainment,
        Series = report.Series.Select(series => new
        {
            Name = CapacityWords.Name(series),
            series.Capacity,
            Probes = series.Probes.OrderBy(probe => probe.Rate).Select(probe => new
            {
                probe.Rate,
                Held = probe.Verdict == ProbeVerdict.Holds,
                P50 = Finite((Streams(report) ? probe.Ttft : probe.E2e)?.P50),
                P99 = Finite((Streams(report) ? probe.Ttft : probe.E2e)?.P99),
                Good = probe.Attainment,
                Low = probe.AttainmentLow,
                High = probe.AttainmentHigh,
                probe.Goodput,
            }),
        }),
    };

    private static bool Streams(CapacityReport report) => report.Series.SelectMany(series => series.Probes).Any(probe => probe.Ttft is not null);

    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static string Best(CapacityReport report) => report.Series switch
    {
        [{ Capacity: { } rate, Ending: CapacityEnding.Found }, ..] => Rate(rate),
        [{ Capacity: { } rate }, ..] => "at least " + Rate(rate),
        _ => "not known",
    };

    private static string Rate(double? rate) => Show.Value(rate, "/s");

    private static string Interval(CapacityProbe probe) =>
        probe is { AttainmentLow: { } low, AttainmentHigh: { } high } ? $"{Show.Share(low)} to {Show.Share(high)}" : Show.Absent;

    private static Markup Chip(ProbeVerdict verdict) => verdict switch
    {
        ProbeVerdict.Holds => Parts.Chip("pass", "holds"),
        ProbeVerdict.Fails => Parts.Chip("fail", "fails"),
        ProbeVerdict.Undecided => Parts.Chip("unsure", "undecided"),
        ProbeVerdict.GeneratorLimited => Parts.Chip("unsure", "generator"),
        _ => Parts.Chip("stop", "stopped"),
    };

    private static string Tone(RunVerdict verdict) => verdict switch
    {
        RunVerdict.Pass => "pass",
        RunVerdict.Fail => "fail",
        RunVerdict.Inconclusive => "unsure",
        _ => "stop",
    };
}
