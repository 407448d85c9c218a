using System.Globalization;
using System.Text;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Comparing;

/// <summary>A comparison as a person reads it: what changed, what may spoil it, then every number.</summary>
public static class ComparisonWords
{
    private const int LongestValue = 44;

    public static string Render(RunComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Word(comparison.Verdict)}: {comparison.Headline}\n\n");
        Run(text, "before", comparison.Before);
        Run(text, "after", comparison.After);
        text.Append(CultureInfo.InvariantCulture, $"\nWhat changed\n  {ChangeWords.Sentence(comparison.Changes, comparison.Alike)}\n");
        foreach (var change in comparison.Changes)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {change.What,-10} {change.Where,-28} {Cut(change.Before)} -> {Cut(change.After)}\n");
        }

        text.Append(comparison.Doubts.Count > 0 ? "\nWhy this decides nothing\n" : "");
        comparison.Doubts.ToList().ForEach(doubt => text.Append(CultureInfo.InvariantCulture, $"  {doubt}\n"));
        Table(text, comparison);
        Figures(text, comparison.Figures ?? []);
        text.Append(CultureInfo.InvariantCulture, $"\n{Terms(comparison)}\n");
        return text.ToString();
    }

    /// <summary>What the words mean, and what no interval here knows.</summary>
    internal static string Terms(RunComparison comparison) =>
        $"A latency may grow by {Wording.Percent(comparison.Margin)}, a share get worse by {Wording.Number(comparison.Points * 100)} pp. Each bound of an "
        + FormattableString.Invariant($"interval holds with 95 %; \"worse\" is said only where it holds for all {comparison.Metrics.Count(metric => metric.Counts)} numbers together. ")
        + "One run each: what differs between runs of one version is in no interval. Interleaved blocks (targets: { baseline, candidate }) measure that.";

    internal static string Headline(FindingVerdict verdict, IReadOnlyList<MetricComparison> metrics, IReadOnlyList<string> doubts)
    {
        string Names(FindingVerdict which) => string.Join(", ", metrics.Where(metric => metric.Verdict == which).Take(4)
            .Select(metric => metric.Metric + (metric.Phase == "all" ? "" : $" in {metric.Phase}") + (metric.Change is null ? "" : $" {Change(metric)}")));
        return verdict switch
        {
            FindingVerdict.Fail => $"the second run is worse: {Names(FindingVerdict.Fail)}.",
            FindingVerdict.Pass => FormattableString.Invariant($"the second run is not worse in any of {metrics.Count(metric => metric.Verdict == verdict)} numbers")
                + (metrics.Count(metric => metric.Verdict != verdict) is > 0 and var open ? FormattableString.Invariant($"; {open} of single phases cannot be told.") : "."),
            _ when doubts.Count > 0 => $"it cannot be told which run is better: {doubts[0]}",
            _ when metrics.Count == 0 => "there is nothing that both runs measured request by request.",
            _ when metrics.All(metric => metric.ReasonCode == ReasonCodes.DifferentDefinition) => "no number of the one run means what it means in the other.",
            _ => $"it cannot be told whether the second run is worse: {Names(FindingVerdict.Inconclusive)}.",
        };
    }

    /// <summary><c>+3.1 %</c>, <c>-0.4 pp</c>.</summary>
    internal static string Change(MetricComparison metric) => metric.Change is { } change ? Value(metric, change) : "";

    private static void Table(StringBuilder text, RunComparison comparison)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n{"",-11} {"metric",-25} {"phase",-9} {"before",10} {"after",10} {"change",9}  {"95 % from",9} {"to",9}  worth\n");
        foreach (var metric in comparison.Metrics)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{Side(metric),-11} {metric.Metric,-25} {metric.Phase,-9} {Number(metric.Before, metric.Unit),10} {Number(metric.After, metric.Unit),10} "
                + $"{Change(metric),9}  {(metric.Low is { } low ? Value(metric, low) : ""),9} {(metric.High is { } high ? Value(metric, high) : ""),9}  "
                + $"{metric.WorthBefore:0} / {metric.WorthAfter:0}{(Note(metric) is { Length: > 0 } note ? "  " + note : "")}\n");
        }
    }

    private static void Figures(StringBuilder text, IReadOnlyList<FigureComparison> figures)
    {
        if (figures.Count == 0)
        {
            return;
        }

        text.Append("\nWhat the tools published themselves (no intervals, so that it decides nothing)\n");
        foreach (var figure in figures.Where(figure => figure.Statistic is "value" or "mean" or "p50" or "p95" or "p99"))
        {
            var change = figure.Comparable
                ? figure.Change is { } share ? Wording.Quantity(share, "relative") : ""
                : $"NOT COMPARABLE: the second is {figure.DefinitionAfter}";
            text.Append(CultureInfo.InvariantCulture,
                $"  {figure.Statistic,-6} {figure.DefinitionBefore,-34} {Wording.Quantity(figure.Before, figure.Unit),10} {Wording.Quantity(figure.After, figure.Unit),10}  {change}\n");
        }
    }

    /// <summary>What else is to be said of a number; empty: nothing.</summary>
    internal static string Note(MetricComparison metric) => string.Join("; ", new[]
    {
        metric.ReasonCode switch
        {
            ReasonCodes.TooFewSamples => "worth too few for a bound",
            ReasonCodes.NotMeasured => "in one run only",
            ReasonCodes.Straddles when metric.Change is null && metric.Before is not null => "failures reach into the interval",
            ReasonCodes.DifferentDefinition => $"NOT COMPARABLE: {metric.DefinitionBefore} is not {metric.DefinitionAfter}",
            ReasonCodes.NotAmongSeveral => "worse by itself, not among so many",
            _ => "",
        },
        metric.Counts ? "" : "no part of the verdict",
    }.Where(note => note.Length > 0));

    internal static string Side(MetricComparison metric) => metric.Verdict switch
    {
        FindingVerdict.Fail => "worse",
        FindingVerdict.Pass => metric.Better ? "better" : "not worse",
        _ => "cannot tell",
    };

    internal static string Word(FindingVerdict verdict) => verdict switch
    {
        FindingVerdict.Pass => "NOT WORSE",
        FindingVerdict.Fail => "WORSE",
        _ => "CANNOT TELL",
    };

    internal static string Number(double? value, string unit) => value is { } number ? Wording.Quantity(number, unit) : "-";

    internal static string Value(MetricComparison metric, double value) =>
        metric.Unit == "share" ? Wording.Quantity(value * 100, "pp") : Wording.Quantity(value, "relative");

    private static void Run(StringBuilder text, string name, ComparedRun run) => text.Append(CultureInfo.InvariantCulture,
        $"{name,-7} {run.Folder}: {run.Target} in {run.Scenario}, {run.StartedUtc.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, {run.Requests} requests, "
        + $"{Kebab.Of(run.Verdict)}\n");

    private static string Cut(string? value) => value is null ? "(nothing)" : value.Length <= LongestValue ? value : value[..LongestValue] + "...";
}
