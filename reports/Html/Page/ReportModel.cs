using ChaosBench.Reports.Html.Plots;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Html.Page;

/// <summary>All that the sections of the page read.</summary>
internal sealed record ReportModel(Summary Summary, ReportFacts Facts, PlotData Plots)
{
    /// <summary>All judged phases together.</summary>
    private const string AllPhases = "all";

    /// <summary>The version under judgement; empty when the run never got as far as naming it.</summary>
    public string Candidate =>
        Plots.Roles.GetValueOrDefault("candidate") ?? Summary.Targets.Keys.Order(StringComparer.Ordinal).FirstOrDefault() ?? "";

    /// <summary>Null outside A/B runs.</summary>
    public string? Baseline => Plots.Roles.GetValueOrDefault("baseline");

    /// <summary>Candidate first.</summary>
    public IReadOnlyList<string> TargetNames =>
        [.. Summary.Targets.Keys.OrderBy(name => name != Candidate).ThenBy(name => name, StringComparer.Ordinal)];

    public MetricSummary? Metric(string target, string metric) => Metric(target, AllPhases, metric);

    public MetricSummary? Metric(string target, string phase, string metric) =>
        Summary.Targets.GetValueOrDefault(target)?.Phases.GetValueOrDefault(phase)?.GetValueOrDefault(metric);
}
