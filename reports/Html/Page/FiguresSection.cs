using ChaosBench.Reports.Html.Plots;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Reports.Writers;

namespace ChaosBench.Reports.Html.Page;

/// <summary>The few figures that everybody asks for, and all of them by phase.</summary>
internal static class FiguresSection
{
    private static readonly string[] Order =
    [
        "request_rate", "goodput", "attainment", "error_rate", "accuracy", "field_accuracy", "valid_json", "canary_accuracy",
        "ttft", "e2e", "tpot", "token_gap", "chunk_gap", "max_stall", "ttft_service", "e2e_service", "ttft_ok", "e2e_ok",
        "output_token_rate", "dispatch_lag",
    ];

    private static readonly string[] PhaseOrder = ["baseline", "fault", "recovery", "all"];

    public static Markup Of(ReportModel model) => Parts.Section("figures", "The figures that matter", "", Markup.Of($"""
        <ul class="cards">
        {Requests(model)}
        {ShareCard(model, "Good answers in time", "attainment", "share of requests that were answered, in time and not wrong")}
        {Errors(model)}
        {ShareCard(model, "Right answers", "accuracy", "share of graded answers; ungradable ones count as wrong")}
        {LatencyCard(model, "Wait for the first token", "ttft")}
        {LatencyCard(model, "Wait for the whole answer", "e2e")}
        </ul>
        {Markup.If(model.Facts.Business is not null, () => Markup.Of($"""
            <h3>For those who pay for it</h3>
            <ul class="cards">{BusinessText.Of(model.Facts.Business!).Select(row => Card(row.Title, row.Figure, row.Plain))}</ul>
            <p class="note">Of the candidate's requests, warm-up left out. Full outage: bad requests over the offered rate.</p>
            """))}
        {model.TargetNames.Select(target => Parts.Details($"Every metric of {target}, by phase", ByPhase(model, target)))}
        """));

    private static Markup Card(string title, string figure, string note, string sub = "") => Markup.Of($"""
        <li><h3>{title}</h3><p class="figure">{figure}</p><p class="note">{note}</p>{Markup.If(sub.Length > 0, () => Markup.Of($"""<p class="sub">{sub}</p>"""))}</li>

        """);

    private static Markup Requests(ReportModel model)
    {
        var counts = model.Summary.Counts;
        var arrivals = counts.GetValueOrDefault("arrivals");
        var completed = counts.GetValueOrDefault("completed");
        var share = arrivals > 0 ? $"{Show.Share((double)completed / arrivals)} completed" : "nothing was sent";
        return Card("Requests", Show.Count(arrivals), share, $"{Show.Count(completed)} answers, warm-up included");
    }

    private static Markup Errors(ReportModel model)
    {
        string[] notFailures = ["arrivals", Kebab.Of(Outcome.Completed), Kebab.Of(Outcome.Cancelled)];
        var failed = model.Summary.Counts.Where(count => !notFailures.Contains(count.Key)).Sum(count => count.Value);
        var rate = model.Metric(model.Candidate, "error_rate")?.Value;
        return Card("Errors", Show.Share(rate), $"{Show.Count(failed)} requests of the whole run did not complete", Versus(model, "error_rate"));
    }

    private static Markup ShareCard(ReportModel model, string title, string metric, string note) =>
        model.Metric(model.Candidate, metric)?.Value is { } value ? Card(title, Show.Share(value), note, Versus(model, metric)) : Markup.Empty;

    private static string Versus(ReportModel model, string metric) =>
        model.Baseline is { } name && model.Metric(name, metric)?.Value is { } value ? $"baseline {Show.Share(value)}" : "";

    private static Markup LatencyCard(ReportModel model, string title, string metric)
    {
        var (half, most) = Percentiles(model, model.Candidate, metric);
        if (half is null && most is null)
        {
            return Markup.Empty;
        }

        var (baseHalf, baseMost) = model.Baseline is { } name ? Percentiles(model, name, metric) : default;
        var versus = baseMost is null ? "" : $"baseline: slowest 1 % {Show.Seconds(baseMost)}, half {Show.Seconds(baseHalf)}";
        if (most is null)
        {
            return Card(title, Show.Seconds(half), "for half of the requests; there are too few for a p99", baseHalf is null ? "" : $"baseline: half {Show.Seconds(baseHalf)}");
        }

        var never = most is { } seconds && double.IsInfinity(seconds) ? "more than 1 % of the requests failed" : $"for the slowest 1 % (p99 {metric})";
        var middle = half is { } wait && double.IsInfinity(wait) ? "more than half of them failed" : $"half wait no longer than {Show.Seconds(half)}";
        return Card(title, Show.Seconds(most), $"{never}; {middle}", versus);
    }

    /// <summary>From the summary; a run that was never judged still has its plots.</summary>
    private static (double? Half, double? Most) Percentiles(ReportModel model, string target, string metric)
    {
        if (model.Metric(target, metric) is { } summary)
        {
            return (summary.P50, summary.P99);
        }

        var all = model.Plots.Dimensions.Take(1).SelectMany(dimension => dimension.Slices).FirstOrDefault(slice => slice.Target == PlotFold.TargetName(target));
        var curve = metric == "ttft" ? all?.Ttft : all?.E2e;
        return (curve?.At(0.5), curve?.At(0.99));
    }

    private static Markup ByPhase(ReportModel model, string target)
    {
        var phases = model.Summary.Targets[target].Phases;
        var columns = phases.Keys.OrderBy(Place(PhaseOrder)).ThenBy(name => name, StringComparer.Ordinal).ToArray();
        var metrics = phases.Values.SelectMany(phase => phase.Keys).Distinct()
            .OrderBy(Place(Order)).ThenBy(name => name, StringComparer.Ordinal).ToArray();
        if (metrics.Length == 0)
        {
            return Markup.Empty;
        }

        string[] heads = ["Metric", .. columns.Select(phase => "#" + Show.Words(phase))];
        var rows = metrics.Select(metric => Markup.Of($"""
            <tr><th scope="row"><code>{metric}</code></th>{columns.Select(phase => Cell(phases[phase].GetValueOrDefault(metric)))}</tr>

            """));
        return Parts.Table($"{target}: every metric by phase", heads, rows);
    }

    private static Func<string, int> Place(string[] order) => name =>
        Array.IndexOf(order, name) is >= 0 and var place ? place : order.Length;

    private static Markup Cell(MetricSummary? metric) => metric switch
    {
        null => Parts.Number(Show.Absent),
        { Value: { } value } => Markup.Of($"""<td class="num">{Show.Value(value, metric.Unit)}{Samples(metric)}</td>"""),
        { P50: null, P99: null, Max: null } => Parts.Number(Show.Absent),
        _ => Markup.Of($"""
            <td class="num"><span class="pair"><span class="sub">p50</span> {Show.Value(metric.P50, metric.Unit)}</span> <span class="pair"><span class="sub">p99</span> {Show.Value(metric.P99, metric.Unit)}</span>{Samples(metric)}</td>
            """),
    };

    private static Markup Samples(MetricSummary metric) => Markup.Of($"""<span class="sub block">n {Show.Count(metric.Count)}</span>""");
}
