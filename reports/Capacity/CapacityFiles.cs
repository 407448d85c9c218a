using System.Globalization;
using ChaosBench.Reports.Html;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Reports.Capacity;

/// <summary>The files of a capacity search, all made from the one record.</summary>
public static class CapacityFiles
{
    public const string MarkdownName = "capacity.md";
    public const string PageName = "capacity.html";

    /// <summary>Writes <c>capacity.json</c>, <c>.md</c> and <c>.html</c>. Throws <see cref="Journal.JournalException"/> when it cannot.</summary>
    public static void Write(string folder, CapacityReport report)
    {
        RunFiles.Write(Path.Combine(folder, CapacityReport.FileName), RunFiles.ToJson(report));
        RunFiles.Write(Path.Combine(folder, MarkdownName), CapacityMarkdown.Render(report));
        using var page = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        CapacityHtml.Write(report, page);
        RunFiles.Write(Path.Combine(folder, PageName), page.ToString());
    }
}
