namespace ChaosBench.Reports.Html.Page;

/// <summary>Whether the load generator can be believed.</summary>
internal static class GeneratorSection
{
    public static Markup Of(ReportModel model)
    {
        var generator = model.Summary.Generator;
        var fine = generator.Limited.Count == 0;
        return Parts.Section("generator", "Can the measurement be trusted", "", Markup.Of($"""
            <p>{(fine ? Parts.Chip("pass", "trusted") : Parts.Chip("unsure", "doubtful"))} {(fine ? "Nothing limited the load generator." : "The load generator itself was a limit, so the numbers above cannot be blamed on the target alone:")}</p>
            {Markup.If(!fine, () => Markup.Of($"""<ul class="reasons">{generator.Limited.Take(50).Select(limit => Markup.Of($"<li>{limit}</li>"))}</ul>"""))}
            {Markup.If(model.Facts.Calibration is not null, () => Markup.Of($"""<p class="note">{model.Facts.Calibration}</p>"""))}
            <dl class="facts">
            <div><dt>Sent late by (p50)</dt><dd>{Show.Seconds(generator.DispatchLag.P50)}</dd></div>
            <div><dt>Sent late by (p99)</dt><dd>{Show.Seconds(generator.DispatchLag.P99)}</dd></div>
            <div><dt>Sent over planned</dt><dd>{Show.Share(generator.AchievedOverPlanned)}</dd></div>
            <div><dt>Time in GC pauses</dt><dd>{Show.Share(generator.GcPauseShare)}</dd></div>
            <div><dt>CPU, mean</dt><dd>{Show.Plain(generator.ProcessCpuCores)} cores</dd></div>
            </dl>
            {Markup.If(model.Plots.Generator.InFlight.Any(value => value is not null), () => Parts.Chart("generator", "Requests under way and CPU",
                "Line chart of requests in flight, highest of each point, and of the process's CPU in cores, over time.", "in flight left, cores right"))}
            """));
    }
}
