namespace ChaosBench.Reports.Html.Page;

/// <summary>Whether the load generator can be believed.</summary>
internal static class GeneratorSection
{
    /// <summary>First, highest and last, in MiB or GiB.</summary>
    private static string Memory(KeyValuePair<string, IReadOnlyList<double?>> one)
    {
        var known = one.Value.OfType<double>().ToList();
        string Size(double bytes) => known.Max() < 1 << 30 ? $"{Show.Plain(bytes / (1 << 20))}\u00a0MiB" : $"{Show.Plain(bytes / (1 << 30))}\u00a0GiB";
        return known.Count == 0 ? "" : $"Memory of {one.Key}: {Size(known[0])} at first, {Size(known.Max())} at most, {Size(known[^1])} at last.";
    }

    public static Markup Of(ReportModel model)
    {
        var generator = model.Summary.Generator;
        var fine = generator.Limited.Count == 0;
        var untold = model.Summary.Import?.Untold.Contains("dispatch_lag") == true;
        return Parts.Section("generator", "Can the measurement be trusted", "", Markup.Of($"""
            <p>{(untold ? Parts.Chip("unsure", "not told") : fine ? Parts.Chip("pass", "trusted") : Parts.Chip("unsure", "doubtful"))} {(untold ? "Another tool made this load, and its file does not tell when requests were due: how late they were sent is not known." : fine ? "Nothing limited the load generator." : "The load generator itself was a limit, so the numbers above cannot be blamed on the target alone:")}</p>
            {Markup.If(!fine, () => Markup.Of($"""<ul class="reasons">{generator.Limited.Take(50).Select(limit => Markup.Of($"<li>{limit}</li>"))}</ul>"""))}
            {Markup.If(model.Facts.Calibration is not null, () => Markup.Of($"""<p class="note">{model.Facts.Calibration}</p>"""))}
            <dl class="facts">
            <div><dt>Sent late by (p50)</dt><dd>{Show.Seconds(generator.DispatchLag.P50)}</dd></div>
            <div><dt>Sent late by (p99)</dt><dd>{Show.Seconds(generator.DispatchLag.P99)}</dd></div>
            <div><dt>Sent over planned</dt><dd>{Show.Share(generator.AchievedOverPlanned)}</dd></div>
            <div><dt>Time in GC pauses</dt><dd>{Show.Share(generator.GcPauseShare)}</dd></div>
            <div><dt>CPU, mean</dt><dd>{Show.Plain(generator.ProcessCpuCores)} cores</dd></div>
            </dl>
            {Parts.WholeRun("A generator sends all kinds of requests")}
            {Markup.If(model.Plots.Generator.InFlight.Any(value => value is not null), () => Parts.Chart("generator", "Requests under way and CPU",
                "Line chart of requests in flight, highest of each point, and of the process's CPU in cores, over time.", "in flight left, cores right"))}
            {Markup.If(model.Plots.Memory.Count > 0, () => Markup.Of($"""
                {Parts.Chart("memory", "Memory", $"Line chart of memory over time. {string.Join(" ", model.Plots.Memory.Select(Memory))}", "highest of each point; of a target in the process, all of the process")}
                <p class="note">{string.Join(" ", model.Plots.Memory.Select(Memory))}</p>
                """))}
            """));
    }
}
