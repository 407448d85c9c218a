using ChaosBench.Reports.Runs;

namespace ChaosBench.Reports.Writers;

/// <summary>Makes one file of a run folder. Pure: no clock, no network, no file.</summary>
public interface IReportWriter
{
    /// <summary><c>report.md</c>.</summary>
    string FileName { get; }

    /// <summary>The text of the file (UTF-8, LF). Null: this run has no such file.</summary>
    string? Render(RunReport run);
}
