using System.Globalization;
using ChaosBench.Reports.Html;
using ChaosBench.Reports.Html.Plots;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Reports.Writers;

/// <summary><c>report.html</c>: the page for people, with plots.</summary>
public sealed class HtmlFile : IReportWriter
{
    public string FileName => "report.html";

    public string Render(RunReport run)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        HtmlReport.Write(run.Summary, ReportFacts.Of(run), run.Plots ?? PlotData.Fold(run.Journal), text);
        return text.ToString();
    }
}
