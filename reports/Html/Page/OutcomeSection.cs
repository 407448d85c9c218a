using ChaosBench.Reports.Journal;
using ChaosBench.Reports.Verdicts;
using ChaosBench.Scenarios.Model;

namespace ChaosBench.Reports.Html.Page;

/// <summary>How every request ended. Arrivals equal outcomes, always.</summary>
internal static class OutcomeSection
{
    public static Markup Of(ReportModel model)
    {
        var rows = model.Plots.Outcomes;
        if (rows.Count == 0)
        {
            return Markup.Empty;
        }

        var several = model.Plots.Targets.Count > 1;
        var phases = rows.Select(row => row.Phase).Distinct().Order().ToArray();
        string[] heads =
        [
            "Outcome", .. several ? ["Target"] : Array.Empty<string>(), "",
            .. phases.Select(phase => "#" + Show.Words(Kebab.Of(phase)) + (phase == Phase.WarmUp ? " (not judged)" : "")), "#All",
        ];
        var targets = rows.GroupBy(row => row.Target).ToDictionary(group => group.Key, group => group.Sum(row => row.Count));
        var lines = rows.GroupBy(row => (row.Outcome, row.Target)).OrderBy(group => group.Key.Outcome).Select(group =>
        {
            var total = group.Sum(row => row.Count);
            return Markup.Of($"""
                <tr><th scope="row"><span class="swatch o-{Kebab.Of(group.Key.Outcome)}"></span>{Show.Words(Kebab.Of(group.Key.Outcome))}</th>{Markup.If(several, () => Parts.Text(group.Key.Target))}
                <td class="gauge">{Bar(group.Key.Outcome, (double)total / targets[group.Key.Target])}</td>
                {phases.Select(phase => Parts.Number(Count(group.Where(row => row.Phase == phase).Sum(row => row.Count))))}
                <td class="num strong">{Show.Count(total)}</td></tr>

                """);
        });
        return Parts.Section("outcomes", "How the requests ended", "Every request that was planned has exactly one outcome.",
            Markup.Of($"{Parts.Table("Outcomes by phase", heads, lines)}{Reasons(model)}"));
    }

    private static string Count(long count) => count == 0 ? "·" : Show.Count(count);

    private static Markup Bar(Outcome outcome, double share) => Markup.Of($"""
        <svg viewBox="0 0 96 10" width="96" height="10" aria-hidden="true" preserveAspectRatio="none"><rect class="track" width="96" height="10" rx="2"/><rect class="o-{Kebab.Of(outcome)}" width="{Math.Max(96 * share, 1)}" height="10" rx="2"/></svg>
        """);

    private static Markup Reasons(ReportModel model) => Markup.If(model.Plots.Reasons.Count > 0, () => Parts.Table(
        "Most frequent reasons for not completing", ["Outcome", "Reason", "#Requests"],
        model.Plots.Reasons.Select(row => Markup.Of($"""
            <tr><td>{Show.Words(Kebab.Of(row.Outcome))}</td><td class="reason">{row.Reason}</td><td class="num">{Show.Count(row.Count)}</td></tr>

            """))));
}
