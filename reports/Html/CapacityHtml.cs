using ChaosBench.Reports.Capacity;
using ChaosBench.Reports.Html.Page;

namespace ChaosBench.Reports.Html;

/// <summary><c>capacity.html</c>: self-contained like <see cref="HtmlReport"/>, with the same encoding and the same policy.</summary>
public static class CapacityHtml
{
    /// <param name="output">Receives UTF-16 text with <c>\n</c> line ends; write it as UTF-8 without a byte order mark.</param>
    public static void Write(CapacityReport report, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(output);
        CapacityPage.Write(report, output);
    }
}
