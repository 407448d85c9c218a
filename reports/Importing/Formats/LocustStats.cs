using System.Globalization;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>
/// Locust's <c>_stats.csv</c>: a line for each request name and at last all of them together. Milliseconds; failed requests are in every
/// time. Percentiles are of times that Locust rounded to two digits, the mean and the extremes are not.
/// </summary>
internal sealed class LocustStats : IResultFormat
{
    private const string Times = "e2e/response@send+all";
    private const string All = "Aggregated";

    public string Name => "locust";
    public string Summary => "Locust's _stats.csv: a line a request name, and all together";

    public bool Fits(ResultFile file) => CsvTable.HasHeader(file, "Type", "Name", "Request Count", "Failure Count", "Median Response Time");

    public IReadOnlyList<ImportedRun> Read(ResultFile file)
    {
        var table = CsvTable.Read(file, file.Lines);
        if (table.Rows.Count == 0)
        {
            throw new ImportException($"{file.Name}: no request name is in it{(table.Cut is null ? "" : ": " + table.Cut)}");
        }

        var whole = table.Rows.Where(row => table.Text(row, "Name") == All && table.Text(row, "Type").Length == 0).ToList();
        var names = table.Rows.Except(whole).ToList();
        if (whole.Count > 0)
        {
            Agree(table, whole[0], names, "Request Count");
            Agree(table, whole[0], names, "Failure Count");
        }

        var cut = table.Cut ?? (whole.Count == 0 ? $"the line '{All}' is missing: the file is cut, or the run was still going on" : null);
        return [.. whole.Concat(names).Select((row, i) => Run(table, row, i + 1, cut))];
    }

    private static void Agree(CsvTable table, CsvRow whole, List<CsvRow> names, string column)
    {
        var sum = names.Sum(row => (long)table.Count(row, column));
        if (sum != table.Count(whole, column))
        {
            throw table.Wrong(whole, column, FormattableString.Invariant($"is not the {sum} of the lines before"));
        }
    }

    private ImportedRun Run(CsvTable table, CsvRow row, int number, string? cut)
    {
        var figures = new FigureList();
        void Add(string column, string definition, string statistic, double scale = 1, double rounding = 0)
        {
            if (table.Has(column) && table.Number(row, column) is not null)
            {
                figures.Add(table.Amount(row, column) * scale, definition, statistic, column, rounding * scale);
            }
        }

        Add("Request Count", "requests/all", "value");
        Add("Failure Count", "requests/failed", "value");
        Add("Requests/s", "request_rate/all-per-duration", "value");
        Add("Failures/s", "failure_rate/per-duration", "value");
        Add("Average Response Time", Times, "mean", 1e-3);
        Add("Min Response Time", Times, "min", 1e-3);
        Add("Max Response Time", Times, "max", 1e-3);
        foreach (var column in table.Columns.Where(column => column.EndsWith('%') && column != "100%"))
        {
            if (double.TryParse(column[..^1], CultureInfo.InvariantCulture, out var percent) && table.Number(row, column) is { } value)
            {
                Add(column, Times, FigureList.Percentile(percent), 1e-3, RoundingOf(value));
            }
        }

        var (type, name) = (table.Text(row, "Type"), table.Text(row, "Name"));
        var (asked, failed) = (table.Count(row, "Request Count"), table.Count(row, "Failure Count"));
        return new ImportedRun
        {
            Format = Name,
            Tool = "Locust",
            Form = "stats",
            Number = number,
            Target = name == All ? null : ErrorWords.Line($"{type} {name}".Trim()),
            Figures = figures.All,
            Definitions = new Dictionary<string, string> { ["e2e"] = Times },
            Percentiles = "pct/locust-rounded",
            Partial = cut is not null,
            Notes = [.. cut is null ? Array.Empty<string>() : [cut], .. failed == 0 ? [] : new[]
            {
                FormattableString.Invariant($"{failed} of {asked} requests failed, and their times are in every figure: a quick refusal makes the median look good."),
            }],
        };
    }

    /// <summary>Below 100 ms to 1, below 1,000 to 10, below 10,000 to 100, and so on; half of it.</summary>
    private static double RoundingOf(double milliseconds) => milliseconds < 100 ? 0.5 : 0.5 * Math.Pow(10, Math.Floor(Math.Log10(milliseconds)) - 1);
}
