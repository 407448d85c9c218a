using System.Globalization;
using System.Text;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Importing;

/// <summary>What is in a result file, as a person reads it before it is imported.</summary>
public static class ImportWords
{
    /// <summary>One run: what it is, what its numbers mean, what was published beside what the requests give.</summary>
    public static string Render(ImportedRun run, ImportFacts facts)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(facts);
        var text = new StringBuilder();
        var counts = string.Join(", ", run.Requests.CountBy(request => request.Outcome).OrderBy(pair => pair.Key)
            .Select(pair => FormattableString.Invariant($"{pair.Value} {Kebab.Of(pair.Key)}")));
        text.Append(CultureInfo.InvariantCulture, $"{facts.Files[0].Name}{(run.Number > 1 ? FormattableString.Invariant($" (run {run.Number})") : "")}\n");
        text.Append(CultureInfo.InvariantCulture, $"  tool         {facts.Tool}{(facts.ToolVersion is { } version ? " " + version : "")}, {facts.Form}{(facts.Partial ? ", PARTIAL" : "")}\n");
        Line(text, "target", run.Target);
        Line(text, "started", run.StartedUtc?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
        Line(text, "duration", run.Duration is { } seconds ? Wording.Duration(seconds) : null);
        Line(text, "requests", run.Requests.Count > 0 ? FormattableString.Invariant($"{run.Requests.Count}: {counts}") : "none: totals only");
        Line(text, "offered", facts.OfferedRate is { } rate ? Wording.Number(rate) + "/s by their instants" : null);
        Line(text, "asked", run.Settings.Count > 0 ? string.Join(", ", run.Settings.Select(setting => $"{setting.Key} {setting.Value}")) : null);
        foreach (var (metric, definition) in run.Requests.Count > 0 ? facts.Definitions : new Dictionary<string, string>())
        {
            Line(text, metric, $"{definition}: {MetricDefinitions.Say(definition)}");
        }

        Line(text, "not told", facts.Untold.Count > 0 ? string.Join(", ", facts.Untold) : null);
        facts.Notes.ToList().ForEach(note => Line(text, "note", note));
        Figures(text, facts);
        return text.ToString();
    }

    /// <summary>One sentence about the recount. Null: nothing could be made again.</summary>
    public static string? Agreement(ImportFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        var made = facts.Figures.Where(figure => figure.Recomputed is not null).ToList();
        var off = made.Count(figure => !figure.Agrees);
        var from = facts.Untold.Count == 0 || facts.Form != "totals" ? "requests" : "counts and the duration";
        return made.Count == 0 ? null
            : off == 0 ? FormattableString.Invariant($"All {made.Count} published figures that the {from} tell were made again and agree.")
            : FormattableString.Invariant($"{off} of {made.Count} published figures that the {from} tell differ from them beyond rounding.");
    }

    /// <summary><c>agrees</c>, <c>+3.2 %</c>, or nothing where nothing was made again.</summary>
    public static string Difference(PublishedFigure figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        return figure.Recomputed is null ? ""
            : figure.Agrees ? "agrees"
            : figure.Difference is { } share ? "DIFFERS " + Wording.Quantity(share, "relative") : "DIFFERS";
    }

    private static void Figures(StringBuilder text, ImportFacts facts)
    {
        if (facts.Figures.Count == 0)
        {
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $"  {"definition",-34} {"",-6} {"published",14} {"recomputed",14}\n");
        var shown = facts.Figures.Where(figure => figure.IsHeadline || !figure.Agrees).ToList();
        foreach (var figure in shown)
        {
            var own = figure.Recomputed is { } value ? Exact(value, figure.Unit) : "-";
            text.Append(CultureInfo.InvariantCulture, $"  {figure.Definition,-34} {figure.Statistic,-6} {Exact(figure.Value, figure.Unit),14} {own,14}  {Difference(figure)}\n");
        }

        var more = facts.Figures.Count - shown.Count;
        text.Append(more > 0 ? FormattableString.Invariant($"  and {more} more, which --json shows\n") : "");
        text.Append(Agreement(facts) is { } sentence ? $"  {sentence}\n" : "");
    }

    /// <summary>Six digits: enough to see a difference.</summary>
    public static string Exact(double value, string unit) => unit switch
    {
        "s" when Math.Abs(value) < 1 => (value * 1e3).ToString("0.######", CultureInfo.InvariantCulture) + " ms",
        "s" => value.ToString("0.######", CultureInfo.InvariantCulture) + " s",
        "/s" => value.ToString("0.####", CultureInfo.InvariantCulture) + "/s",
        "share" => (value * 100).ToString("0.####", CultureInfo.InvariantCulture) + " %",
        _ => value.ToString("0.####", CultureInfo.InvariantCulture),
    };

    private static void Line(StringBuilder text, string name, string? value) =>
        text.Append(value is null ? "" : string.Create(CultureInfo.InvariantCulture, $"  {name,-12} {value}\n"));
}
