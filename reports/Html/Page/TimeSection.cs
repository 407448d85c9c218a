using System.Globalization;
using ChaosBench.Reports.Html.Plots;
using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Verdicts;

namespace ChaosBench.Reports.Html.Page;

/// <summary>The run from left to right: schedule, latency, load and outcomes on one time axis.</summary>
internal static class TimeSection
{
    public static Markup Of(ReportModel model)
    {
        var plots = model.Plots;
        if (plots.Targets.Count == 0)
        {
            return Parts.Section("time", "Over time", "", Markup.Of($"""<p class="empty">The journal holds no request.</p>"""));
        }

        if (model.Summary.Import is { OfferedRate: null })
        {
            return Parts.Section("time", "Over time", "", Markup.Of($"""<p class="empty">The imported file does not tell when requests were sent.</p>"""));
        }

        var from = plots.OpenWorkload ? "from the planned instant of a request" : "from the sending of a request (closed workload)";
        from = model.Summary.Import is not null && !plots.OpenWorkload ? "from the sending of a request (the file does not tell when it was due)" : from;
        var turns = plots.Targets.Count > 1 ? " The versions take turns; each line joins the turns of one." : "";
        return Parts.Section("time", "Over time", $"Latencies count {from}. Shaded: a fault was in place.{turns}", Markup.Of($"""
            <p class="tools">{Filter(plots)}<label><input type="checkbox" id="log-scale"> logarithmic latency axis</label></p>
            <p class="note" id="filter-note" role="status"></p>
            {Lanes(plots)}
            {Latency(plots, "ttft", "Time to first token", target => target.Ttft)}
            {Latency(plots, "e2e", "Time to the whole answer", target => target.E2e)}
            {Latency(plots, "gap", "Gap between tokens", target => target.TokenGap)}
            {Heat(plots)}
            {Parts.Chart("rate", "Load", $"Line chart of planned, sent and completed requests per second over time. {PlotWords.Load(plots)} The table below has the numbers.", "requests per second")}
            {Parts.Chart("outcomes", "Requests that did not complete", $"Stacked bars of requests that did not complete, by outcome, over time. {PlotWords.Failures(plots)} The table below has the numbers.", "by planned instant")}
            <p class="note">One point stands for {Show.Seconds(plots.BucketSeconds)} of planned time. Lines show completed requests only; requests
            that failed are in the last chart, and count as infinitely late in the gates. With few requests in a point its p99 is its slowest one;
            gates look at whole phases. Plotted latencies are exact within 0.4 %.</p>
            {plots.Targets.Select(target => Parts.Details($"Table: {target.Target} over time", Table(plots, target)))}
            """));
    }

    private static Markup Latency(PlotData plots, string kind, string title, Func<TargetSeries, PercentileSeries> series) =>
        Markup.If(plots.Targets.Any(target => series(target).Count.Any(count => count > 0)), () => Parts.Chart(
            kind, title, $"Line chart of {title} over time, by percentile, with fault windows shaded. {PlotWords.Latency(plots, series)} The table below has the numbers.",
            kind == "gap" ? "percentiles over all tokens that streamed" : "percentiles of completed requests"));

    /// <summary>One choice of requests for every plot of the page.</summary>
    private static Markup Filter(PlotData plots) => Markup.If(plots.Dimensions.Count > 1, () => Markup.Of($"""
        <label>Show only <select id="filter"><option value="">all requests</option>
        {plots.Dimensions.Select((dimension, at) => Markup.If(at > 0, () => Markup.Of($"""
            <optgroup label="{dimension.Name}">{dimension.Slices.Select(slice => slice.Value).Distinct().Select((value, number) => Markup.Of($"""<option value="{at}:{number}">{dimension.Name}: {value}</option>"""))}</optgroup>
            """)))}
        </select></label>
        """));

    private static Markup Heat(PlotData plots) => Markup.If(plots.Targets.Any(target => target.E2eHeat.Columns.Any(column => column.Count > 0)), () => Markup.Of($"""
        {Parts.Chart("heat", "Where the latencies were", $"Heat map: time of the run against latency on a logarithmic axis; a stronger colour means more requests. {PlotWords.Heat(plots)} The tables below have percentiles of the same requests.", "by planned instant; stronger colour: more requests; the top row never got an answer")}
        <p class="tools">{Parts.MetricSelect("heat-metric")}{Markup.If(plots.Targets.Count > 1, () => Markup.Of($"""
            <label>Version <select id="heat-target">{plots.Targets.Select((target, at) => Markup.Of($"""<option value="{at}">{target.Target}</option>"""))}</select></label>
            """))}</p>
        """));

    /// <summary>What was scheduled, drawn without a script on the same axis as the charts.</summary>
    private static Markup Lanes(PlotData plots) => Markup.Of($"""
        <div class="lanes" role="img" aria-label="{Words(plots)}">
        <div class="lane phases">{plots.Phases.Select(phase => Bar(plots, $"phase {Kebab.Of(phase.Phase)}", phase.Start, phase.End, Show.Words(Kebab.Of(phase.Phase))))}</div>
        {plots.FaultWindows.Take(8).Select(window => Markup.Of($"""
            <div class="lane">{Bar(plots, window.Observed ? "fault" : "fault unseen", window.Start, window.End, Label(window))}</div>
            """))}
        </div>
        """);

    private static string Label(FaultWindow window) => window.Observed ? window.Fault : $"{window.Fault} (planned, never seen active)";

    private static string Words(PlotData plots) => string.Join("; ", plots.Phases
        .Select(phase => $"{Show.Words(Kebab.Of(phase.Phase))} from {Clock(phase.Start)} to {Clock(phase.End)}")
        .Concat(plots.FaultWindows.Select(window => $"fault {Label(window)} from {Clock(window.Start)} to {Clock(window.End)}")));

    private static Markup Bar(PlotData plots, string tone, double start, double end, string label)
    {
        var left = Math.Clamp(start / plots.End, 0, 1) * 100;
        var width = Math.Clamp(end / plots.End * 100 - left, 0.3, 100 - left + 0.3);
        return Markup.Of($"""<span class="{tone}" style="left:{left}%;width:{width}%" title="{label}">{label}</span>""");
    }

    private static Markup Table(PlotData plots, TargetSeries target)
    {
        string[] heads =
            ["#From", "#Sent", "#Completed", "#Not completed", "#ttft p50", "#ttft p99", "#e2e p50", "#e2e p99", "#token gap p99"];
        var rows = Enumerable.Range(0, plots.Buckets).Select(at => Markup.Of($"""
            <tr><th scope="row" class="num">{Clock(at * plots.BucketSeconds)}</th>{Cells(target, at).Select(Parts.Number)}</tr>

            """));
        return Parts.Table($"{target.Target} over time, by {Show.Seconds(plots.BucketSeconds)}", heads, rows);
    }

    private static string[] Cells(TargetSeries target, int at) =>
    [
        Show.Count(target.Sent[at]), Show.Count(target.Completed[at]),
        Show.Count(target.Outcomes.Where(outcome => outcome.Key != Outcome.Completed).Sum(outcome => outcome.Value[at])),
        Show.Seconds(target.Ttft.P50[at]), Show.Seconds(target.Ttft.P99[at]), Show.Seconds(target.E2e.P50[at]),
        Show.Seconds(target.E2e.P99[at]), Show.Seconds(target.TokenGap.P99[at]),
    ];

    /// <summary>Time of the run: 1:05, 1:02:05, or 5.2 where tenths matter.</summary>
    public static string Clock(double seconds)
    {
        var whole = TimeSpan.FromSeconds(Math.Floor(seconds));
        var text = whole.TotalHours >= 1
            ? $"{Math.Floor(whole.TotalHours).ToString("0", CultureInfo.InvariantCulture)}:{whole.Minutes:00}:{whole.Seconds:00}"
            : $"{whole.Minutes}:{whole.Seconds:00}";
        var tenths = (int)Math.Floor((seconds - Math.Floor(seconds)) * 10);
        return tenths > 0 ? $"{text}.{tenths}" : text;
    }
}
