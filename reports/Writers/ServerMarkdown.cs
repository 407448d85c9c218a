using System.Text;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Telemetry.Scraping;

namespace ChaosBench.Reports.Writers;

/// <summary>What the servers said of themselves, as a table of <c>report.md</c>. Nothing where nobody asked them.</summary>
internal static class ServerMarkdown
{
    private const int MostRows = 40;

    public static void Append(StringBuilder text, RunReport run)
    {
        var figures = ServerFigure.All(run.Measurements.Servers);
        if (figures.Count == 0)
        {
            return;
        }

        text.Append("\n<details><summary>What the server says of itself</summary>\n\n| page | figure | metric | first | whole run | highest | last |\n|---|---|---|---:|---:|---:|---:|\n");
        foreach (var figure in figures.Take(MostRows))
        {
            var values = figure.Values.Select(value => value is { } known ? Wording.Quantity(known, figure.Unit) : "");
            text.Append($"| {Markdown.Text(figure.Source)} | {figure.What} | {Markdown.Code(figure.Metric)} | {string.Join(" | ", values)} |\n");
        }

        text.Append("\n</details>\n");
    }
}
