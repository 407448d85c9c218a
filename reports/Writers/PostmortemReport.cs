using ChaosBench.Reports.Runs;
using ChaosBench.Reports.Writers.Postmortem;

namespace ChaosBench.Reports.Writers;

/// <summary>
/// <c>postmortem.md</c>: a blameless draft for a run in which something was broken. Facts with their times and journal lines are
/// generated; causes are left as questions to people.
/// </summary>
public sealed class PostmortemReport : IReportWriter
{
    public string FileName => "postmortem.md";

    public string? Render(RunReport run) => PostmortemDraft.Of(run) is { } draft ? DraftMarkdown.Of(draft) : null;
}
