using System.Globalization;
using ChaosBench.Reports.Histograms;

namespace ChaosBench.Reports.Importing.Formats;

/// <summary>
/// HdrHistogram's percentile table (<c>.hgrm</c>): value, percentile, count; then mean, deviation, maximum and count. The table does not name
/// its unit; milliseconds are what nearly all of its writers print, and the import says that it took them for that.
/// </summary>
internal sealed class HdrTable : IResultFormat
{
    public string Name => "hgrm";
    public string Summary => "HdrHistogram's percentile table (.hgrm), taken as milliseconds";

    public bool Fits(ResultFile file) => file.Lines.Count > 0
        && file.Lines[0].Text.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["Value", "Percentile", "TotalCount", ..];

    public IReadOnlyList<ImportedRun> Read(ResultFile file)
    {
        var cut = file.Lines is [.., { Ended: false } last] ? FormattableString.Invariant($"the last line ({last.Number}) is cut and was left out") : null;
        var lines = file.Lines.Where(line => line.Ended).Select(line => line.Text).ToList();
        IReadOnlyList<PercentileRow> rows;
        try
        {
            using var reader = new StringReader(string.Join('\n', lines));
            rows = PercentileTable.Read(reader, file.Name);
        }
        catch (HistogramFormatException broken)
        {
            throw new ImportException(broken.Message);
        }

        var figures = new FigureList();
        foreach (var (row, at) in rows.Select((row, at) => (row, at)).Where(one => one.row.Share < 1).DistinctBy(one => one.row.Share))
        {
            figures.Add(row.Value * 1e-3, HdrLog.Recorded, "p" + (row.Share * 100).ToString("0.########", CultureInfo.InvariantCulture), FormattableString.Invariant($"row {at + 1}"), 5e-7);
        }

        var foot = Foot(file, lines, figures);
        cut ??= foot < 4 || rows[^1].Share < 1 ? "the table's end (100 %, mean, maximum, count) is missing: the file is cut" : null;
        return
        [
            new ImportedRun
            {
                Format = Name,
                Tool = "HdrHistogram",
                Form = "percentile table",
                Figures = figures.All,
                Definitions = new Dictionary<string, string> { ["e2e"] = HdrLog.Recorded },
                Percentiles = "pct/nearest-left",
                Partial = cut is not null,
                Notes = [.. cut is null ? Array.Empty<string>() : [cut], "The table does not name its unit; it was taken as milliseconds. What was recorded is whatever its maker measured."],
            },
        ];
    }

    /// <summary><c>#[Mean    =        0.450, StdDeviation   =        0.287]</c>; how many of the four were there.</summary>
    private static int Foot(ResultFile file, List<string> lines, FigureList figures)
    {
        (string Word, string Definition, string Statistic, double Scale)[] known =
        [
            ("Mean", HdrLog.Recorded, "mean", 1e-3), ("StdDeviation", HdrLog.Recorded, "std", 1e-3), ("Max", HdrLog.Recorded, "max", 1e-3),
            ("Total count", "requests/recorded", "value", 1),
        ];
        var found = 0;
        foreach (var part in lines.Where(line => line.StartsWith("#[", StringComparison.Ordinal)).SelectMany(line => line[2..].TrimEnd(']').Split(',')))
        {
            if (part.Split('=', StringSplitOptions.TrimEntries) is [var word, var text] && Array.Find(known, one => one.Word == word) is { Word: not null } one)
            {
                var value = double.TryParse(text, CultureInfo.InvariantCulture, out var number) && number >= 0 && double.IsFinite(number)
                    ? number : throw new ImportException($"{file.Name}: {word} is no number from 0 on; name the table as HdrHistogram wrote it");
                figures.Add(value * one.Scale, one.Definition, one.Statistic, word, CsvTable.RoundingOf(text) * one.Scale);
                found++;
            }
        }

        return found;
    }
}
