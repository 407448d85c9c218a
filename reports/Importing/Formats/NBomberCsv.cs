using System.Globalization;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>NBomber's <c>.csv</c> report: a line for each step of each scenario, milliseconds. Its last line has no end.</summary>
internal sealed class NBomberCsv : IResultFormat
{
    internal const string Tool = "NBomber";
    internal const string Latency = "e2e/step@send+ok-only";

    private static readonly (string Column, string Statistic)[] Times =
    [
        ("min", "min"), ("mean", "mean"), ("max", "max"), ("50_percent", "p50"), ("75_percent", "p75"), ("95_percent", "p95"), ("99_percent", "p99"), ("std_dev", "std"),
    ];

    public string Name => "nbomber";
    public string Summary => "NBomber's report as CSV: a line a step";

    public bool Fits(ResultFile file) => CsvTable.HasHeader(file, "scenario", "step_name", "request_count", "50_percent");

    public IReadOnlyList<ImportedRun> Read(ResultFile file)
    {
        var table = CsvTable.Read(file, file.Lines, lastMayBeOpen: true);
        return table.Rows.Count > 0 ? [.. table.Rows.Select((row, i) => Run(table, row, i + 1))]
            : throw new ImportException($"{file.Name}: no step is in it{(table.Cut is null ? "" : ": " + table.Cut)}");
    }

    private ImportedRun Run(CsvTable table, CsvRow row, int number)
    {
        var (all, ok, failed) = (table.Count(row, "request_count"), table.Count(row, "ok"), table.Count(row, "failed"));
        if (all != ok + failed)
        {
            throw table.Wrong(row, "request_count", FormattableString.Invariant($"is not {ok} ok and {failed} failed"));
        }

        var figures = new FigureList();
        figures.Add(ok, "requests/ok", "value", "ok");
        figures.Add(failed, "requests/failed", "value", "failed");
        figures.Add(all, "requests/all", "value", "request_count");
        figures.Add(table.Amount(row, "rps"), "request_rate/ok-per-duration", "value", "rps", CsvTable.RoundingOf(table.Text(row, "rps")));
        foreach (var (column, statistic) in Times)
        {
            figures.Add(table.Amount(row, column) * 1e-3, Latency, statistic, column, CsvTable.RoundingOf(table.Text(row, column)) * 1e-3);
        }

        return Of(Name, "csv", number, (table.Text(row, "scenario"), table.Text(row, "step_name")), figures, table.Text(row, "duration"));
    }

    /// <param name="duration"><c>00:03:00</c>; what is none is left out.</param>
    internal static ImportedRun Of(string format, string form, int number, (string Scenario, string Step) of, FigureList figures, string duration) => new()
    {
        Format = format,
        Tool = Tool,
        Form = form,
        Number = number,
        Target = ErrorWords.Line(of.Scenario),
        Duration = TimeSpan.TryParse(duration, CultureInfo.InvariantCulture, out var length) && length >= TimeSpan.Zero ? length.TotalSeconds : null,
        Settings = new Dictionary<string, string> { ["step"] = ErrorWords.Line(of.Step) ?? "" },
        Figures = figures.All,
        Definitions = new Dictionary<string, string> { ["e2e"] = Latency },
        Percentiles = "pct/hdr",
        Notes = ["NBomber's times are of successes alone, and its data sizes are not read: the published ones contradict each other (a mean above the maximum)."],
    };
}
