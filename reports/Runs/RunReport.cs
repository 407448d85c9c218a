using ChaosBench.Reports.Measuring;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Runs;

/// <summary>A finished run as the writers see it: the same three parts give the same bytes.</summary>
public sealed record RunReport(Manifest Manifest, Measurements Measurements, Summary Summary);
