using System.Globalization;
using System.Text;
using ChaosBench.Reports.Judging;

namespace ChaosBench.Reports.Comparing;

/// <summary>A history as a person reads it: each number's runs, and where it changed with what.</summary>
public static class HistoryWords
{
    private const int Newest = 8;
    private const int MostChanges = 6;

    public static string Render(RunHistory history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var text = new StringBuilder();
        foreach (var scenario in history.Series.GroupBy(series => series.Scenario, StringComparer.Ordinal))
        {
            text.Append(CultureInfo.InvariantCulture, $"{scenario.Key}\n");
            foreach (var series in scenario)
            {
                Series(text, series);
            }

            foreach (var change in scenario.SelectMany(series => series.Changes).DistinctBy(change => change.Folder).OrderBy(change => change.Folder, StringComparer.Ordinal))
            {
                What(text, change);
            }
        }

        var looked = history.Series.Count(series => series.Note is null);
        text.Append(looked == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $"A change is looked for in {looked} numbers, each with a chance of 5 % of a false one: a hint of where to look, not a measured difference.\n"));
        text.Append(history.Series.Count == 0 ? "no run in this folder has a number\n" : "");
        return text.ToString();
    }

    private static void Series(StringBuilder text, HistorySeries series)
    {
        var newest = series.Points.TakeLast(Newest).Select(point => Wording.Quantity(point.Value, series.Unit));
        var dots = series.Points.Count > Newest ? "... " : "";
        text.Append(CultureInfo.InvariantCulture, $"  {series.Metric,-22} {series.Points.Count,4} runs  {dots}{string.Join("  ", newest)}");
        text.Append(series.Note is { } note ? $"  ({note})\n" : "\n");
        foreach (var change in series.Changes)
        {
            var by = change.Relative is { } relative ? $" ({Wording.Quantity(relative, "relative")})" : "";
            text.Append(CultureInfo.InvariantCulture,
                $"    CHANGED from {change.Folder} on: {Wording.Quantity(change.Before, series.Unit)} -> {Wording.Quantity(change.After, series.Unit)}{by}, "
                + $"p = {Wording.Number(change.P)}\n");
        }
    }

    /// <summary>Once for each run at which something changed, whatever the number of numbers.</summary>
    private static void What(StringBuilder text, HistoryChange change)
    {
        text.Append(CultureInfo.InvariantCulture, $"  What changed with {change.Folder}\n");
        text.Append(change.What.Count == 0 ? "    nothing that the manifests tell\n" : "");
        foreach (var what in change.What.Take(MostChanges))
        {
            text.Append(CultureInfo.InvariantCulture, $"    {what.What,-10} {what.Where}: {Cut(what.Before)} -> {Cut(what.After)}\n");
        }

        var more = change.What.Count - MostChanges;
        text.Append(more > 0 ? FormattableString.Invariant($"    and {more} more: chaosbench compare\n") : "");
    }

    private static string Cut(string? value) => value is null ? "(nothing)" : value.Length <= 44 ? value : value[..44] + "...";
}
