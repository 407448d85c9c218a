using ChaosBench.Reports.Html.Plots;

namespace ChaosBench.Reports.Html.Page;

/// <summary>The whole distribution of latency, the baseline's beside the candidate's, on an axis stretched towards the slowest.</summary>
internal static class DistributionSection
{
    private static readonly (string Name, double Share)[] Percentiles =
        [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99.9", 0.999), ("p99.99", 0.9999)];

    public static Markup Of(ReportModel model)
    {
        var all = model.Plots.Dimensions.Take(1).SelectMany(dimension => dimension.Slices).ToList();
        if (all.Count == 0)
        {
            return Markup.Empty;
        }

        var lead = all.Count > 1 ? "The baseline beside the candidate. Warm-up is left out." : "Warm-up is left out.";
        return Parts.Section("latency", "How slow the slowest are", lead, Markup.Of($"""
            <p class="tools">{Parts.MetricSelect("hdr-metric")}</p>
            {Parts.Chart("hdr", "Latency by percentile", $"Latency by percentile, one line for each version. {Words(all)} The table below has the numbers.", "each step to the right is ten times rarer: p90, p99, p99.9")}
            <p class="note">A curve ends in a cross where failures begin: a request that failed is infinitely late. It ends in a dot at the slowest request.</p>
            {Table("Time to first token by percentile", all, slice => slice.Ttft)}
            {Table("Time to the whole answer by percentile", all, slice => slice.E2e)}
            """));
    }

    private static string Words(IReadOnlyList<CohortSlice> all) => string.Join(' ', all.Select(slice =>
        $"{slice.Target}: half of the answers within {CohortSection.At(slice.E2e, 0.5)}, p99 {CohortSection.At(slice.E2e, 0.99)}."));

    private static Markup Table(string caption, IReadOnlyList<CohortSlice> all, Func<CohortSlice, LatencyCurve> curve) =>
        Markup.If(all.Any(slice => curve(slice).Count > 0), () => Parts.Table(
            caption, ["Version", "#Requests", .. Percentiles.Select(percentile => "#" + percentile.Name)], all.Select(slice => Markup.Of($"""
                <tr><th scope="row">{slice.Target}</th>{Parts.Number(Show.Count(curve(slice).Count + curve(slice).Failed))}{Percentiles.Select(percentile => Parts.Number(CohortSection.At(curve(slice), percentile.Share)))}</tr>

                """))));
}
