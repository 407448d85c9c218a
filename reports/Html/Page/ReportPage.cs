using ChaosBench.Reports.Html.Plots;

namespace ChaosBench.Reports.Html.Page;

/// <summary>
/// The document. The scripts are literally those whose hashes stand in the policy; the data is a block that no browser executes.
/// <code>
/// head: policy, style          body: verdict, findings, ... facts          end: data (JSON), ECharts, report.js
/// </code>
/// </summary>
internal static class ReportPage
{
    private static readonly (string Id, string Name)[] Navigation =
    [
        ("findings", "Findings"), ("parts", "Parts"), ("figures", "Figures"), ("import", "Import"), ("changes", "Changes"), ("time", "Time"), ("server", "Server"), ("latency", "Latency"), ("cohorts", "Cohorts"),
        ("outcomes", "Outcomes"), ("answers", "Answers"), ("faults", "Faults"), ("generator", "Trust"), ("story", "Story"),
        ("postmortem", "Post-mortem"), ("definitions", "Terms"), ("facts", "Facts"),
    ];

    public static void Write(ReportModel model, TextWriter output)
    {
        var charts = Assets.Resource("echarts.min.js");
        var script = Assets.Resource("report.js");
        var (tone, answer, word) = VerdictSection.Answer(model);
        output.Write(Markup.Of($"""
            <!DOCTYPE html>
            <html lang="en" data-verdict="{tone}">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '{Assets.Hash(charts)}' '{Assets.Hash(script)}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <title>{answer}: {model.Summary.Scenario} ({word}) · ChaosBench</title>
            <style>

            """));
        output.Write(Assets.Resource("report.css"));
        output.Write(Body(model));
        output.Write(PlotJson.Write(model.Plots));
        output.Write("</script>\n<script>");
        output.Write(charts);
        output.Write("</script>\n<script>");
        output.Write(script);
        output.Write("</script>\n</body>\n</html>\n");
    }

    private static Markup Body(ReportModel model)
    {
        var sections = Markup.Of($"""
            {FindingsSection.Of(model)}{PartSection.Of(model)}{FiguresSection.Of(model)}{ImportSection.Of(model)}{ChangesSection.Of(model)}{TimeSection.Of(model)}{ServerMetricsSection.Of(model)}{DistributionSection.Of(model)}{CohortSection.Of(model)}{OutcomeSection.Of(model)}{AnswerSection.Of(model)}{FaultSection.Of(model)}{GeneratorSection.Of(model)}{StorySection.Of(model)}{PostmortemSection.Of(model)}{ReferenceSections.Definitions()}{ReferenceSections.Facts(model)}
            """);
        var present = sections.ToString();
        var links = Navigation.Where(entry => present.Contains($"<section id=\"{entry.Id}\"", StringComparison.Ordinal));
        return Markup.Of($"""
            </style>
            </head>
            <body>
            <a class="skip" href="#verdict">Skip to the verdict</a>
            <header class="top"><div><span class="brand">ChaosBench</span><span class="scenario">{model.Summary.Scenario}</span>
            <nav aria-label="Sections"><ul>{links.Select(link => Markup.Of($"""<li><a href="#{link.Id}">{link.Name}</a></li>"""))}</ul></nav>
            <button type="button" id="theme" aria-label="Colours: as the system">Colours</button></div></header>
            <noscript><p class="noscript">The charts need JavaScript. Every number in them is in the tables too.</p></noscript>
            <main>
            {VerdictSection.Of(model)}{sections}
            </main>
            <footer>
            <p>ChaosBench {model.Summary.ToolVersion}. This page is complete in itself and loads nothing.</p>
            {Assets.Notice()}
            </footer>
            <script type="application/json" id="plot-data">
            """);
    }
}
