namespace ChaosBench.Reports.Html.Page;

/// <summary>What the candidate changes against the baseline: how both were compared, how it is made otherwise, then what came out.</summary>
internal static class ChangesSection
{
    private static readonly (string Metric, string Words)[] Figures =
    [
        ("attainment", "good answers in time"), ("error_rate", "requests that failed"), ("accuracy", "right answers"), ("field_accuracy", "right fields"),
        ("valid_json", "valid JSON"), ("judged_right", "right in the judge's eyes"), ("within_golden", "as like the golden answer as the baseline's own repeats"),
        ("goodput", "good answers per second"), ("output_token_rate", "output tokens per second"),
        ("ttft", "time to first token"), ("e2e", "time to the whole answer"), ("tpot", "time per output token"),
    ];

    public static Markup Of(ReportModel model) => Markup.If(model.Baseline is not null, () => Parts.Section(
        "changes", "What changed", Lead(model) + " Whether a difference of the figures is more than chance is for the gates above to say.",
        Markup.Of($"{Compared(model)}{ChangeTable.Of(model.Facts.Changes, model.Facts.Alike, "Baseline", "Candidate")}{Came(model)}")));

    private static string Lead(ReportModel model) => model.Summary.Comparison?.Design switch
    {
        "split" => "Both versions had traffic at the same time, each its share of it.",
        "shadow" => "Every request went to the baseline, and a copy of it to the candidate.",
        _ => "Both versions had the same requests, in turns.",
    };

    private static Markup Compared(ReportModel model) => Markup.If(model.Summary.Comparison is { Notes.Count: > 0 }, () => Markup.Of($"""
        <ul class="reasons compared">{model.Summary.Comparison!.Notes.Take(20).Select(note => Markup.Of($"<li>{note}</li>"))}</ul>

        """));

    private static Markup Came(ReportModel model)
    {
        var rows = Figures.SelectMany(one => Rows(model, one.Metric, one.Words)).ToList();
        return Markup.If(rows.Count > 0, () => Parts.Table("What came out, all phases together", ["Figure", "#Baseline", "#Candidate", "#Difference"], rows));
    }

    private static IEnumerable<Markup> Rows(ReportModel model, string metric, string words)
    {
        if (model.Metric(model.Baseline!, metric) is not { } before || model.Metric(model.Candidate, metric) is not { } after)
        {
            yield break;
        }

        (string Name, double? Before, double? After)[] values = before.Value is null
            ? [($"p50 {words}", before.P50, after.P50), ($"p99 {words}", before.P99, after.P99)]
            : [(words, before.Value, after.Value)];
        foreach (var (name, old, now) in values.Where(value => value.Before is not null || value.After is not null))
        {
            yield return Markup.Of($"""
                <tr><th scope="row">{name}</th>{Parts.Number(Show.Value(old, before.Unit))}{Parts.Number(Show.Value(now, before.Unit))}{Parts.Number(Difference(old, now, before.Unit))}</tr>

                """);
        }
    }

    private static string Difference(double? before, double? after, string unit) => (before, after) switch
    {
        ({ } old, { } now) when !double.IsFinite(old) || !double.IsFinite(now) => Show.Absent,
        ({ } old, { } now) when unit == "share" => Show.Value((now - old) * 100, "pp"),
        ({ } old, { } now) when old > 0 => Show.Value(now / old - 1, "relative"),
        _ => Show.Absent,
    };
}
