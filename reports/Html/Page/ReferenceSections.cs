namespace ChaosBench.Reports.Html.Page;

/// <summary>What the words mean, what exactly was run, and how to run it again.</summary>
internal static class ReferenceSections
{
    private static readonly (string Name, string Formula, string Words)[] Metrics =
    [
        ("ttft", "c1 − i", "planned send to the first event with a token; absent without streaming"),
        ("e2e", "cK − i", "planned send to the last token, or the last byte without streaming"),
        ("ttft_service, e2e_service", "c1 − s, cK − s", "the same from the real send"),
        ("tpot", "(cK − c1) / (n − n1)", "time per output token after the first event; undefined when n ≤ n1"),
        ("token_gap", "gap / tokens", "time between events that carry tokens, shared among the tokens of the later one"),
        ("dispatch_lag", "s − i", "how late the load generator itself was"),
        ("attainment", "good / (attempted − censored)", "good: completed, within every per-request objective, not wrong; failures are bad, requests stopped by the harness are left out"),
        ("goodput", "good / seconds", "good requests per second"),
        ("error_rate", "not completed / (attempted − censored)", "by outcome in the table of outcomes"),
        ("accuracy", "right / graded", "answers that could not be graded count as wrong"),
        ("p99 and other percentiles", "type 7", "over all attempted requests: one that failed, was refused, timed out or was never sent counts as infinitely late"),
        ("time to detect, to recover", "first sign − start, steady again − start", "residual recovery counts from the end of the fault"),
    ];

    public static Markup Definitions() => Parts.Section(
        "definitions", "How the numbers are defined",
        "i planned send, s real send, c1 first event with a token, cK last one, n output tokens, n1 tokens in the first event. In a closed workload i is s.",
        Parts.Table("Metrics and their formulas", ["Metric", "Formula", "In words"], Metrics.Select(metric => Markup.Of($"""
            <tr><th scope="row"><code>{metric.Name}</code></th><td><code>{metric.Formula}</code></td><td>{metric.Words}</td></tr>

            """))));

    public static Markup Facts(ReportModel model) => Parts.Section("facts", "What exactly was run", "", Markup.Of($"""
        {Markup.If(model.Facts.Gates.Count > 0, () => Markup.Of($"""
            <h3>Gates</h3><ul class="gates">{model.Facts.Gates.Take(500).Select(gate => Markup.Of($"<li><code>{gate}</code></li>"))}</ul>
            """))}
        {Markup.If(model.Facts.ReplayCommand is not null, () => Markup.Of($"""
            <h3>Run it again</h3>{Parts.Command(model.Facts.ReplayCommand!)}
            """))}
        <h3>Manifest</h3>
        <dl class="manifest">
        {Manifest(model).Take(200).Select(fact => Markup.Of($"<div><dt>{fact.Key}</dt><dd>{fact.Value}</dd></div>\n"))}
        </dl>
        """));

    private static IEnumerable<KeyValuePair<string, string>> Manifest(ReportModel model) =>
    [
        new("tool", $"chaosbench {model.Summary.ToolVersion}"),
        new("seed", model.Summary.Seed.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        new("plan sha-256", model.Summary.PlanSha256),
        .. model.Facts.Manifest,
    ];
}
