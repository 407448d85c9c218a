using ChaosBench.Reports.Html.Plots;

namespace ChaosBench.Reports.Html.Page;

/// <summary>Who was served how: latency and quality by slice.</summary>
internal static class CohortSection
{
    public static Markup Of(ReportModel model)
    {
        var dimensions = model.Plots.Dimensions;
        if (dimensions.Count == 0)
        {
            return Markup.Empty;
        }

        // What a fault did to its victims and its bystanders is the first thing to ask.
        var first = Math.Max(dimensions.ToList().FindIndex(dimension => dimension.Name == CohortDimension.FaultExposure), 0);
        return Parts.Section("cohorts", "Who was served how", "Latency by percentile for each kind of request. Warm-up is left out.", Markup.Of($"""
            <p class="tools">
            <label>Slice by <select id="dimension">{dimensions.Select((dimension, at) => Markup.Of($"""<option value="{at}"{Chosen(at == first)}>{dimension.Name}</option>"""))}</select></label>
            {Parts.MetricSelect("cohort-metric")}
            </p>
            {Parts.Chart("cohorts", "Latency distribution by cohort", "Latency by percentile, one line for each cohort; the table below has the numbers.", "percentile axis stretched towards the slowest")}
            <p class="note">A curve ends in a cross where failures begin: a request that failed is infinitely late, so a curve that stops at 97 % says that 3 % never got an answer.</p>
            {dimensions.Select((dimension, at) => Markup.Of($"""
                <div class="dimension" data-dimension="{at}">{Table(model, dimension)}</div>

                """))}
            """));
    }

    private static Markup Table(ReportModel model, CohortDimension dimension)
    {
        var graders = dimension.Slices.SelectMany(slice => slice.Quality.Select(row => row.Grader)).Distinct()
            .Order(StringComparer.Ordinal).Take(8).ToArray();
        var several = model.Plots.Targets.Count > 1;
        string[] heads =
        [
            Capital(dimension.Name), .. several ? ["Target"] : Array.Empty<string>(), "#Requests", "#Completed", "#ttft p50", "#ttft p99",
            "#e2e p50", "#e2e p99", .. graders.Select(grader => "#" + Show.Words(grader)),
        ];
        var rows = dimension.Slices.Select(slice => Markup.Of($"""
            <tr><th scope="row">{slice.Value}</th>{Markup.If(several, () => Parts.Text(slice.Target))}{Cells(slice, graders).Select(Parts.Number)}</tr>

            """));
        return Parts.Table($"Latency and quality by {dimension.Name}", heads, rows);
    }

    private static IEnumerable<string> Cells(CohortSlice slice, string[] graders) =>
    [
        Show.Count(slice.Requests),
        slice.Requests > 0 ? Show.Share((double)slice.Completed / slice.Requests) : Show.Absent,
        At(slice.Ttft, 0.5), At(slice.Ttft, 0.99), At(slice.E2e, 0.5), At(slice.E2e, 0.99),
        .. graders.Select(grader => slice.Quality.FirstOrDefault(row => row.Grader == grader) is { } row
            ? $"{Show.Share(row.Mean)} of {Show.Count(row.Graded)}" : Show.Absent),
    ];

    /// <summary>A percentile that failures reach is infinite; one that too few requests reach is absent.</summary>
    public static string At(LatencyCurve curve, double share) => curve.At(share) is { } seconds ? Show.Seconds(seconds)
        : curve.Failed > 0 && (curve.Count + curve.Failed) * (1 - share) >= 1 ? "never" : Show.Absent;

    private static Markup Chosen(bool chosen) => Markup.If(chosen, () => Markup.Of($" selected"));

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
