using System.Globalization;
using System.Text;
using ChaosBench.Reports.Judging;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Reports.Writers;

namespace ChaosBench.Reports.Capacity;

/// <summary><c>capacity.md</c>: what was found, then every probe.</summary>
public static class CapacityMarkdown
{
    public static string Render(CapacityReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var text = new StringBuilder();
        text.Append($"## Capacity: {Markdown.Code(report.Scenario)}\n\n**{Markdown.Text(report.Headline)}**\n\n");
        text.Append($"A rate holds when {Wording.Percent(report.Attainment)} of its requests are good: {Markdown.Text(Good(report))}.\n");
        foreach (var remark in report.Remarks)
        {
            text.Append($"\n> {Markdown.Text(remark)}\n");
        }

        text.Append("\n| | capacity | does not hold | |\n|---|---:|---:|---|\n");
        foreach (var series in report.Series)
        {
            text.Append($"| {Markdown.Text(CapacityWords.Name(series))} | {Rate(series.Capacity)} | {Rate(series.Above)} | {Markdown.Text(series.Sentence)} |\n");
        }

        foreach (var series in report.Series)
        {
            text.Append($"\n### {Markdown.Text(CapacityWords.Name(series))}\n\n");
            text.Append("| rate | | good | 95 % interval | goodput | p50 ttft | p99 ttft | p50 e2e | p99 e2e | requests | why |\n");
            text.Append("|---:|---|---:|---|---:|---:|---:|---:|---:|---:|---|\n");
            foreach (var probe in series.Probes.OrderBy(probe => probe.Rate))
            {
                text.Append(CultureInfo.InvariantCulture, $"| {Rate(probe.Rate)} | {Kebab.Of(probe.Verdict)} | {Share(probe.Attainment)} | "
                    + $"{Interval(probe)} | {Rate(probe.Goodput)} | {Time(probe.Ttft?.P50)} | {Time(probe.Ttft?.P99)} | "
                    + $"{Time(probe.E2e?.P50)} | {Time(probe.E2e?.P99)} | {probe.Attempted} | {Markdown.Text(probe.Why)} |\n");
            }
        }

        text.Append("\nLatencies count from the planned instant; what failed or was still under way after its limit is infinitely late. "
            + "A p99 takes 299 requests. Rates marked *fails* or *undecided* are above the capacity.\n");
        if (report.ReplayCommand is { } command)
        {
            text.Append($"\n```sh\n{Markdown.Plain(command)}\n```\n");
        }

        return text.ToString();
    }

    /// <summary>What makes a request good, in words.</summary>
    internal static string Good(CapacityReport report)
    {
        var limits = new[]
        {
            ("first token", report.Objectives.Ttft), ("whole answer", report.Objectives.E2e), ("time per token", report.Objectives.Tpot),
        };
        var said = limits.Where(limit => limit.Item2 is not null)
            .Select(limit => $"{limit.Item1} within {Wording.Duration(limit.Item2!.Value.TotalSeconds)}");
        return string.Join(", ", ["completed, not graded wrong", .. said]);
    }

    private static string Interval(CapacityProbe probe) =>
        probe is { AttainmentLow: { } low, AttainmentHigh: { } high } ? $"{Wording.Percent(low)} to {Wording.Percent(high)}" : "";

    private static string Rate(double? rate) => rate is { } known ? Wording.Quantity(known, "/s") : "";

    private static string Share(double? share) => share is { } known ? Wording.Percent(known) : "";

    private static string Time(double? seconds) => seconds is { } known ? Wording.Quantity(known, "s") : "";
}
