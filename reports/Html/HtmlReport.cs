using ChaosBench.Reports.Html.Page;
using ChaosBench.Reports.Html.Plots;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Html;

/// <summary>
/// <c>report.html</c>: one self-contained page that opens offline. Pure: the same summary, facts and events give the same bytes.
/// Its size does not grow with the run (plots are aggregates), every text is encoded, and its Content-Security-Policy allows
/// nothing but its own scripts, by hash.
/// </summary>
public static class HtmlReport
{
    /// <param name="events">Read once, from the first to the last; never kept.</param>
    /// <param name="output">Receives UTF-16 text with <c>\n</c> line ends; write it as UTF-8 without a byte order mark.</param>
    public static void Write(Summary summary, ReportFacts facts, IEnumerable<JournalEvent> events, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(output);
        Write(summary, facts, PlotData.Fold(events), output);
    }

    internal static void Write(Summary summary, ReportFacts facts, PlotData plots, TextWriter output) =>
        ReportPage.Write(new ReportModel(summary, facts, plots), output);
}
