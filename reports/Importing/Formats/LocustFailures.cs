using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>Locust's <c>_failures.csv</c> and <c>_exceptions.csv</c>: what failed how often, in words.</summary>
internal sealed class LocustFailures : IResultFormat
{
    public string Name => "locust";
    public string Summary => "Locust's _failures.csv or _exceptions.csv";

    public bool Fits(ResultFile file) => CsvTable.HasHeader(file, "Method", "Name", "Error", "Occurrences") || CsvTable.HasHeader(file, "Count", "Message", "Traceback");

    public IReadOnlyList<ImportedRun> Read(ResultFile file)
    {
        var table = CsvTable.Read(file, file.Lines);
        var failures = table.Has("Occurrences");
        var (count, text) = failures ? ("Occurrences", "Error") : ("Count", "Message");
        if (table.Rows.Count == 0 && table.Cut is { } nothing)
        {
            throw new ImportException($"{file.Name}: {nothing}");
        }

        if (!file.Lines[0].Ended)
        {
            throw new ImportException($"{file.Name}:1: the header has no end; the file is cut");
        }

        var figures = new FigureList();

        // No sum: a file that ends between two lines would have a smaller one, and nobody could see it.
        foreach (var row in table.Rows)
        {
            figures.Add(table.Count(row, count), failures ? "requests/failed" : "exceptions/raised", Words(table, row, failures, text), FormattableString.Invariant($"line {row.Number}"));
        }

        if (table.Rows.Count == 0)
        {
            figures.Add(0, failures ? throw new ImportException($"{file.Name}:1: no failure is in it: none happened, or the file was cut behind its header") : "exceptions/raised", "value", "no line");
        }

        var outcomes = table.Rows.GroupBy(row => ErrorWords.OutcomeOf(table.Text(row, text)))
            .Select(group => FormattableString.Invariant($"{group.Sum(row => (long)table.Count(row, count))} {Kebab.Of(group.Key)}"));
        return
        [
            new ImportedRun
            {
                Format = Name,
                Tool = "Locust",
                Form = failures ? "failures" : "exceptions",
                Figures = figures.All,
                Definitions = new Dictionary<string, string>(),
                Partial = table.Cut is not null,
                Notes = [.. table.Cut is { } cut ? [cut] : Array.Empty<string>(), .. failures && table.Rows.Count > 0 ? [$"By kind, in the lines that the file has: {string.Join(", ", outcomes)}."] : Array.Empty<string>()],
            },
        ];
    }

    private static string Words(CsvTable table, CsvRow row, bool failures, string text) =>
        ErrorWords.Line($"{(failures ? $"{table.Text(row, "Method")} {table.Text(row, "Name")}: " : "")}{table.Text(row, text)}") ?? "no words";
}
