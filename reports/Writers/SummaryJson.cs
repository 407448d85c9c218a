using ChaosBench.Reports.Runs;

namespace ChaosBench.Reports.Writers;

/// <summary><c>summary.json</c>: the result for machines.</summary>
public sealed class SummaryJson : IReportWriter
{
    public string FileName => RunFolder.SummaryName;

    public string Render(RunReport run) => RunFiles.ToJson(run.Summary);
}
