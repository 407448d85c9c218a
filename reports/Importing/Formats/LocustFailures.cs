using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>Locust's <c>_failures.csv</c> and <c>_exceptions.csv</c>: what failed how often, in words.</summary>
internal sealed class LocustFailures : IResultFormat
{
    private const int MostNotes = 50;

    public string Name => "locust-failures";
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
        figures.Add(table.Rows.Sum(row => (double)table.Count(row, count)), failures ? "requests/failed" : "exceptions/raised", "value", $"sum of {count}");
        var outcomes = table.Rows.GroupBy(row => ErrorWords.OutcomeOf(table.Text(row, text)))
            .Select(group => FormattableString.Invariant($"{group.Sum(row => table.Count(row, count))} {Kebab.Of(group.Key)}"));
        var notes = table.Rows.Take(MostNotes).Select(row => ErrorWords.Line(FormattableString.Invariant(
            $"{table.Count(row, count)} times {(failures ? $"{table.Text(row, "Method")} {table.Text(row, "Name")}: " : "")}{table.Text(row, text)}"))!).ToList();
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
                Notes = [.. table.Cut is { } cut ? [cut] : Array.Empty<string>(), .. failures && table.Rows.Count > 0 ? [$"By kind: {string.Join(", ", outcomes)}."] : Array.Empty<string>(), .. notes],
            },
        ];
    }
}
