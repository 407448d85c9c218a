namespace ChaosBench.Reports.Journal;

/// <summary>Distributions of an earlier run, as a later one is held against them.</summary>
/// <param name="Run">Name of its folder.</param>
/// <param name="PlanSha256">Of its plan: whether it asked the same.</param>
/// <param name="Numbers">By property: its values, rising; of many, evenly spaced quantiles.</param>
/// <param name="Counts">By property: how often each value came.</param>
public sealed record DriftReference(
    string Run, string PlanSha256, IReadOnlyDictionary<string, IReadOnlyList<double>> Numbers, IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Counts);
