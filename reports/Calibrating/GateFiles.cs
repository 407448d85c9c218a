using System.Globalization;
using ChaosBench.Reports.Html.Page;
using ChaosBench.Reports.Runs;

namespace ChaosBench.Reports.Calibrating;

/// <summary>The files of a calibration of gates, all made from the one record.</summary>
public static class GateFiles
{
    public const string MarkdownName = "gate.md";
    public const string PageName = "gate.html";

    /// <summary>Writes <c>gate.json</c>, <c>.md</c> and <c>.html</c>. Throws <see cref="Journal.JournalException"/> when it cannot.</summary>
    public static void Write(string folder, GateCalibration found)
    {
        RunFiles.Write(Path.Combine(folder, GateCalibration.FileName), RunFiles.ToJson(found));
        RunFiles.Write(Path.Combine(folder, MarkdownName), GateMarkdown.Render(found));
        using var page = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        GatePage.Write(found, page);
        RunFiles.Write(Path.Combine(folder, PageName), page.ToString());
    }
}
