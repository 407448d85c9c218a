namespace ChaosBench.Reports.Writers;

/// <summary>The files that a run folder holds only when they are asked for, by the names that <c>--write</c> takes.</summary>
public static class ExtraWriters
{
    public static IReadOnlyList<string> Names { get; } = ["csv", "hlog", "openmetrics", "sarif"];

    /// <param name="lineOf">Line of an objective in the scenario file, from 1; null where it is not known.</param>
    public static IReportWriter Of(string name, Func<string, int?> lineOf) => name switch
    {
        "csv" => new FindingsCsv(),
        "hlog" => new IntervalLogWriter(),
        "openmetrics" => new OpenMetricsReport(),
        "sarif" => new SarifReport(lineOf),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, $"one of {string.Join(", ", Names)}"),
    };
}
